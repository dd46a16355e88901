package directory

// resultCode is an LDAP result code (RFC 4511, appendix A).
type resultCode int64

const (
	success                      resultCode = 0
	operationsError              resultCode = 1
	protocolError                resultCode = 2
	timeLimitExceeded            resultCode = 3
	sizeLimitExceeded            resultCode = 4
	authMethodNotSupported       resultCode = 7
	strongerAuthRequired         resultCode = 8
	referral                     resultCode = 10
	unavailableCriticalExtension resultCode = 12
	noSuchObject                 resultCode = 32
	invalidDNSyntax              resultCode = 34
	invalidCredentials           resultCode = 49
	insufficientAccessRights     resultCode = 50
	unavailable                  resultCode = 52
	unwillingToPerform           resultCode = 53
)

// Texts of a domain controller, to the letter: clients look for them.
const (
	notBound = "000004DC: LdapErr: DSID-0C090CE6, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563"
	needsTLS = "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection, data 0, v4563"
)

// result encodes an answer that ends a request.
func result(id int64, answer byte, code resultCode, matched, text string) []byte {
	return resultWith(id, answer, code, matched, text, nil, nil)
}

// resultWith encodes an answer with what may follow the text, and controls.
func resultWith(id int64, answer byte, code resultCode, matched, text string, more, controls []byte) []byte {
	b, message := open(make([]byte, 0, 128), tagSequence)
	b = appendInt(b, tagInteger, id)
	b, op := open(b, answer)
	b = appendInt(b, tagEnumerated, int64(code))
	b = appendString(b, tagOctets, matched)
	b = appendString(b, tagOctets, text)
	b = append(b, more...)
	b = shut(b, op)
	b = append(b, controls...)
	return shut(b, message)
}

func extendedResult(id int64, code resultCode, text, name string, value *string) []byte {
	var more []byte
	if name != "" {
		more = appendString(more, 0x8a, name)
	}
	if value != nil {
		more = appendString(more, 0x8b, *value)
	}
	return resultWith(id, answerExtended, code, "", text, more, nil)
}

// disconnection encodes the notice that the server is about to close the connection.
func disconnection(text string) []byte {
	return extendedResult(0, protocolError, text, oidNotice, nil)
}

// referralResult sends the client elsewhere.
func referralResult(id int64, url string) []byte {
	inner := appendString(nil, tagOctets, url)
	more := append(appendHeader(nil, 0xa3, len(inner)), inner...)
	return resultWith(id, answerDone, referral, "", "0000202B: RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '"+url+"'\n", more, nil)
}
