package world

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// cultures hold given names and surnames that go together: twenty each, none twice, at most eight letters, so that
// "given.surname" and a number fit into the 20 characters of a sAMAccountName.
var cultures = [...]struct{ given, surnames []string }{
	{
		strings.Fields("Emily James Olivia Thomas Grace Henry Eleanor Oliver Hannah George Alice Edward Rachel Simon Megan Robert Lucy Andrew Claire Peter"),
		strings.Fields("Carter Bennett Hughes Foster Walker Turner Parker Cooper Bailey Morgan Reed Brooks Hayes Perry Sutton Barrett Holmes Dawson Fletcher Lowe"),
	},
	{
		strings.Fields("Anna Jürgen Lena Matthias Katrin Stefan Heike Florian Sabine Tobias Birgit Lukas Ute Moritz Petra Jonas Greta Dieter Silke Felix"),
		strings.Fields("Berg Schäfer Vogel Krüger Becker Hoffmann Schulz Weiß Kaiser Lorenz Brandt Winter Köhler Jansen Kuhn Ziegler Seidel Albrecht Thiel Pfeiffer"),
	},
	{
		strings.Fields("Karla Diego Lucía Javier Carmen Alejo Elena Mateo Pilar Rafael Inés Sergio Marta Pablo Rocío Andrés Noelia Hugo Teresa Álvaro"),
		strings.Fields("Lopez García Romero Navarro Ortega Delgado Castro Molina Herrera Iglesias Vargas Peña Campos Fuentes Reyes Cabrera Núñez Vidal Serrano Pardo"),
	},
	{
		strings.Fields("Camille Julien Élodie Mathieu Sophie Antoine Manon Laurent Chloé Pascal Margot Étienne Aurélie Thierry Océane Bastien Colette Gilles Nadège Yves"),
		strings.Fields("Moreau Lefèvre Girard Rousseau Fontaine Fournier Mercier Lambert Dupuis Renard Marchand Perrin Gauthier Besson Leroux Guérin Barbier Caron Blanchet Roche"),
	},
	{
		strings.Fields("Giulia Marco Chiara Davide Paola Lorenzo Silvia Matteo Elisa Stefano Ilaria Riccardo Franca Nicola Serena Enrico Bianca Fabio Ornella Dario"),
		strings.Fields("Rossi Conti Ferrari Greco Marino Ricci Gallo Bianchi Fontana Moretti Barbieri Rinaldi Caruso Ferrara Galli Martini Leone Longo Vitale Serra"),
	},
	{
		strings.Fields("Agata Paweł Zofia Marcin Kinga Tomasz Hanna Łukasz Monika Jakub Beata Rafał Ewelina Piotr Jolanta Wojciech Iwona Kamil Dorota Szymon"),
		strings.Fields("Nowak Zając Mazur Wrona Kowalski Pawlak Górski Sikora Duda Kaczmar Baran Wilk Lis Kubiak Walczak Stępień Zalewski Jaworski Malec Urban"),
	},
	{
		strings.Fields("Astrid Lars Ingrid Mikkel Freja Oskar Sigrid Henrik Linnea Søren Maja Emil Solveig Anders Tuva Nils Ebba Rasmus Hilda Gustav"),
		strings.Fields("Lindgren Dahl Nyström Holm Ström Bakken Eklund Sørensen Lund Hagen Sandberg Vik Norberg Moen Forsberg Aas Hedlund Ahlgren Nygaard Falk"),
	},
	{
		strings.Fields("Elif Emre Zeynep Burak Aylin Kerem Defne Serkan Ece Onur Selin Tolga Derya Kaan Pınar Baran Nilay Cem Sevgi Ozan"),
		strings.Fields("Yılmaz Kaya Demir Şahin Çelik Arslan Doğan Aydın Koç Polat Özkan Erdem Güneş Toprak Aksoy Tekin Bulut Uysal Ergin Karaca"),
	},
	{
		strings.Fields("Aisha Omar Layla Yusuf Mariam Tariq Noor Khalid Salma Hassan Rania Karim Huda Samir Zainab Faisal Dina Nabil Amira Walid"),
		strings.Fields("Rahman Haddad Mansour Saleh Nasser Khoury Farouk Hamdan Aziz Bakri Zaki Darwish Sharif Qasim Halabi Masri Jabari Awad Sabbagh Rashid"),
	},
	{
		strings.Fields("Divya Rohan Priya Arjun Ananya Vikram Meera Sanjay Kavita Nikhil Pooja Rahul Sunita Aditya Deepa Karan Lakshmi Suresh Isha Varun"),
		strings.Fields("Sharma Patel Iyer Reddy Nair Gupta Kapoor Mehta Desai Joshi Menon Rao Chopra Bhatt Kulkarni Pillai Saxena Verma Banerjee Malhotra"),
	},
	{
		strings.Fields("Wei Mei Jing Hao Lan Bo Xiu Ming Yan Jun Fang Lei Hui Qiang Ying Tao Rui Peng Xin Gang"),
		strings.Fields("Chen Wang Zhang Liu Huang Zhao Zhou Sun Guo Lin Luo Zheng Liang Song Tang Xu Deng Feng Cao Pan"),
	},
	{
		strings.Fields("Yuki Haruto Sakura Kenji Aiko Takumi Hana Daichi Emi Satoshi Naomi Ryo Akane Hiroshi Mio Shota Keiko Ren Asuka Kaito"),
		strings.Fields("Tanaka Suzuki Sato Yamada Ito Nakamura Koyama Kato Yoshida Mori Inoue Kimura Hayashi Shimizu Ogawa Fujita Okada Hasegawa Ishii Ueda"),
	},
	{
		strings.Fields("Jiwoo Minjun Seoyeon Dohyun Hyejin Taeyang Soojin Jaeho Yuna Hyunwoo Eunji Sungmin Nari Donghae Minseo Kyuho Bora Jisung Haneul Wonjae"),
		strings.Fields("Kim Park Choi Jung Kang Yoon Jang Lim Han Shin Seo Kwon Hwang Ahn Ryu Hong Jeon Moon Bae Nam"),
	},
	{
		strings.Fields("Amara Chidi Ngozi Emeka Zuri Kofi Adaeze Tunde Wanjiru Kwame Folake Jabari Nia Obinna Achieng Sefu Abena Barasa Thandi Sipho"),
		strings.Fields("Okafor Mensah Adeyemi Kamau Nwosu Owusu Balogun Mwangi Eze Boateng Otieno Dlamini Okonkwo Asante Njoroge Ndlovu Abiola Kariuki Osei Mutua"),
	},
	{
		strings.Fields("Beatriz Thiago Larissa Caio Mariana Vinícius Fernanda Gustavo Juliana Renato Camila Otávio Letícia Murilo Débora Heitor Simone João Tainá Davi"),
		strings.Fields("Silva Souza Oliveira Pereira Almeida Barbosa Ribeiro Cardoso Teixeira Moraes Nogueira Azevedo Freitas Pinto Tavares Rocha Siqueira Duarte Rezende Lacerda"),
	},
	{
		strings.Fields("Linh Minh Thao Quang Huong Tuan Trang Dung Ngoc Phuc Thuy Khoa Vy Long Nhung Bao Hien Duc Tam Vinh"),
		strings.Fields("Nguyen Tran Le Pham Vo Dang Bui Do Ho Ngo Duong Ly Truong Dinh Lam Mai Phan Vuong Ha To"),
	},
}

const namesPerCulture = 20

// personName gives the name of the person at an index. No two indexes give the same account name: within a block of
// names each comes once, and later blocks add a number. One name in eight crosses cultures.
func (w *World) personName(i int) (given, surname, account string) {
	const own = len(cultures) * namesPerCulture * namesPerCulture
	const crossed = own * (len(cultures) - 1)
	var first, second, block int
	var g, s int
	if i%8 == 7 {
		at := i / 8
		block = at / crossed
		x := shuffled(at%crossed, crossed, w.options.Seed^uint64(nameStream))
		pair := x / (namesPerCulture * namesPerCulture)
		first = pair / (len(cultures) - 1)
		second = (first + 1 + pair%(len(cultures)-1)) % len(cultures)
		g, s = x/namesPerCulture%namesPerCulture, x%namesPerCulture
	} else {
		at := i - i/8
		block = at / own
		x := shuffled(at%own, own, w.options.Seed^uint64(nameStream)<<8)
		first = x / (namesPerCulture * namesPerCulture)
		second = first
		g, s = x/namesPerCulture%namesPerCulture, x%namesPerCulture
	}
	given, surname = cultures[first].given[g], cultures[second].surnames[s]
	account = plain(given) + "." + plain(surname)
	if block > 0 {
		number := strconv.Itoa(block + 1)
		account += number
		surname += " " + number
	}
	return given, surname, account
}

// plain writes a name in small ASCII letters, as account names are.
func plain(name string) string {
	ascii := true
	for i := range len(name) {
		if name[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(name)
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch r {
		case 'ß':
			b.WriteString("ss")
		case 'ø', 'Ø':
			b.WriteByte('o')
		case 'ł', 'Ł':
			b.WriteByte('l')
		case 'ı':
			b.WriteByte('i')
		default:
			if r < 0x80 {
				b.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return b.String()
}
