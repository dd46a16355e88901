#!/usr/bin/env bash
# A real Active Directory for tests: a Samba domain controller of CONTOSO.TEST on loopback, made anew each time.
#
#   ad-lab.sh test [GO]   install what is missing, start, run the tests TestReal... (make test-ad), stop
#   ad-lab.sh bench [GO]  the same with TestSideBySide (make bench-ad), and AD_LAB_BENCH_USERS accounts
#   ad-lab.sh start       start in the folder of AD_LAB_DIR
#   ad-lab.sh env         print what the tests read: eval "$(ad-lab.sh env)"
#   ad-lab.sh restore     kill it, and start it again with another invocationId, as after a restore
#   ad-lab.sh stop        stop, and remove the folder
#
# It needs root, Debian's packages, and the ports 389, 636, 3268 and 3269, which are fixed in Samba. Where the ports are
# taken, "test" and "bench" run in a network of their own. Where they cannot run, they say "skipped: " and why, and exit with 0;
# "bench" then goes on with the lab's server alone, which needs ldapsearch and nothing else.
set -euo pipefail
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=${AD_LAB_DIR:-/tmp/adbadge-ad-lab}
password=Lab-Passw0rd.2024 base=DC=contoso,DC=test kdc=28088 kpasswd=28464 users=200 # and half as many computers
python=/usr/bin/python3 # Debian's, which has Samba's modules
packages="samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools ldap-utils krb5-user python3-samba openssl"

say() { echo "ad-lab: $*" >&2; }
fail() { say "error: $*"; exit 1; }
skip() { echo "skipped: $*"; exit 0; }

installed() {
	for tool in samba samba-tool ldapsearch ldapmodify kinit openssl ; do
		command -v "$tool" >/dev/null || return 1
	done
	"$python" -c 'import samba, ldb' 2>/dev/null
}

# install gives false where packages cannot be had. The packages' own services are kept from starting.
install() {
	local policy=/usr/sbin/policy-rc.d code=0 known=()
	if [ -e $policy ] ; then policy= ; else printf '#!/bin/sh\nexit 101\n' >$policy ; chmod 755 $policy ; fi
	apt-get -qq update >&2 || true # the lists that are there may do
	for package in $packages samba-ad-dc ; do
		if apt-cache show "$package" >/dev/null 2>&1 ; then known+=("$package") ; fi
	done
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${known[@]}" >&2 || code=1
	if [ -n "$policy" ] ; then rm -f $policy ; fi
	return $code
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

taken() { # the first port that something else has
	for port in 389 636 3268 3269 $kdc $kpasswd ; do
		if listens $port ; then echo $port ; return ; fi
	done
}

configure() {
	cat >"$lab/smb.conf" <<-END
		[global]
		netbios name = DC1
		realm = CONTOSO.TEST
		workgroup = CONTOSO
		server role = active directory domain controller
		server services = ldap, cldap, kdc
		interfaces = 127.0.0.1/8
		bind interfaces only = yes
		disable netbios = yes
		private dir = $lab/dc/private
		lock directory = $lab/dc
		state directory = $lab/dc/state
		cache directory = $lab/dc/cache
		pid directory = $lab/dc/run
		ncalrpc dir = $lab/dc/ncalrpc
		winbindd socket directory = $lab/dc/winbindd
		ntp signd socket directory = $lab/dc/ntp_signd
		binddns dir = $lab/dc/bind-dns
		log file = $lab/dc/log/samba.log
		logging = file
		krb5 port = $kdc
		kpasswd port = $kpasswd
		ldap server require strong auth = allow_sasl_over_tls
		tls enabled = yes
		tls keyfile = $lab/server.key
		tls certfile = $lab/server.pem
		tls cafile = $lab/ca.pem
	END
	cat >"$lab/krb5.conf" <<-END
		[libdefaults]
		 default_realm = CONTOSO.TEST
		 dns_lookup_kdc = false
		 dns_lookup_realm = false
		 dns_canonicalize_hostname = false
		 rdns = false
		 udp_preference_limit = 1
		[realms]
		 CONTOSO.TEST = {
		  kdc = 127.0.0.1:$kdc
		  kpasswd_server = 127.0.0.1:$kpasswd
		 }
		[domain_realm]
		 .contoso.test = CONTOSO.TEST
		 contoso.test = CONTOSO.TEST
	END
}

certify() (
	cd "$lab"
	openssl ecparam -name prime256v1 -genkey -noout -out ca.key
	openssl req -x509 -new -key ca.key -sha256 -days 365 -subj "/O=Contoso Lab/CN=Contoso Lab CA" \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out ca.pem
	openssl ecparam -name prime256v1 -genkey -noout -out server.key
	openssl req -new -key server.key -subj "/O=Contoso Lab/CN=dc1.contoso.test" -out server.csr
	printf 'subjectAltName=DNS:dc1.contoso.test,DNS:contoso.test,DNS:localhost,DNS:%s,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' "$(uname -n)" >names
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 300 -sha256 -extfile names -out server.pem
	chmod 600 ca.key server.key
)

# provision makes the domain. Where the file system has no ACLs, those of SYSVOL, which nobody reads here, are left out.
provision() {
	local arguments=(domain provision --quiet --realm=CONTOSO.TEST --domain=CONTOSO --server-role=dc --dns-backend=NONE
		--host-name=dc1 --host-ip=127.0.0.1 "--adminpass=$password" "--targetdir=$lab/dc" "--configfile=$lab/empty.conf"
		--option=interfaces=127.0.0.1/8 "--option=bind interfaces only=yes")
	local without='import runpy, shutil, sys, samba.provision
samba.provision.setsysvolacl = lambda *a, **k: None
sys.argv[0] = shutil.which("samba-tool")
runpy.run_path(sys.argv[0], run_name="__main__")'
	printf '[global]\n' >"$lab/empty.conf"
	if ! samba-tool "${arguments[@]}" ; then
		rm -rf "$lab/dc"
		"$python" -c "$without" "${arguments[@]}"
	fi
	mkdir -p "$lab"/dc/{run,log,cache,ncalrpc,winbindd,ntp_signd}
	samba-tool domain passwordsettings set -s "$lab/smb.conf" -H "$lab/dc/private/sam.ldb" --quiet --max-pwd-age=0 --min-pwd-age=0 \
		--history-length=0 --account-lockout-threshold=0
	"$python" "$here/populate.py" "$lab/smb.conf" "$password" "$users"
	samba-tool domain exportkeytab -s "$lab/smb.conf" --principal=svc-dashboard@CONTOSO.TEST "$lab/svc-dashboard.keytab"
}

start() {
	[ "$(id -u)" = 0 ] || fail "it must run as root"
	[ ! -e "$lab" ] || fail "$lab is there already: run $0 stop"
	mkdir -p "$lab/dc"
	touch "$lab/ours"
	configure
	export KRB5_CONFIG="$lab/krb5.conf"
	{ certify && provision ; } >"$lab/log" 2>&1 || { tail -n 20 "$lab/log" >&2 ; fail "the domain could not be made (all of it: $lab/log)" ; }
	serve
}

# serve starts Samba and waits until it answers.
serve() {
	KRB5_CONFIG="$lab/krb5.conf" samba -D -s "$lab/smb.conf" </dev/null >>"$lab/log" 2>&1 || fail "Samba does not start: $(tail -n 3 "$lab/log")"
	for ((i = 0; i < 300; i++)) ; do
		if LDAPTLS_CACERT="$lab/ca.pem" timeout 5 ldapsearch -LLL -x -H ldaps://127.0.0.1 -D svc-dashboard@contoso.test -w "$password" \
			-b "$base" -s base dn >/dev/null 2>&1 && listens $kdc ; then
			return
		fi
		sleep 0.2
	done
	fail "Samba does not answer: $(tail -n 3 "$lab/dc/log/samba.log")"
}

# process gives the number of our Samba's process group, which samba -D leads.
process() {
	local pid
	pid=$(cat "$lab/dc/run/samba.pid" 2>/dev/null) && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q samba && echo "$pid"
}

restore() {
	[ -e "$lab/ours" ] || fail "$lab is not ours"
	local pid
	pid=$(process) || fail "Samba does not run"
	kill -KILL -- "-$pid"
	for ((i = 0; i < 100; i++)) ; do kill -0 -- "-$pid" 2>/dev/null || break ; sleep 0.1 ; done
	rm -f "$lab/dc/run/samba.pid"
	"$python" "$here/restore.py" "$lab/smb.conf"
	serve
}

stop() {
	[ -e "$lab" ] || return 0
	[ -e "$lab/ours" ] || fail "$lab is not ours"
	local pid
	if pid=$(process) ; then
		kill -TERM -- "-$pid" 2>/dev/null || true
		for ((i = 0; i < 100; i++)) ; do kill -0 -- "-$pid" 2>/dev/null || break ; sleep 0.1 ; done
		kill -KILL -- "-$pid" 2>/dev/null || true
	fi
	rm -rf "$lab"
}

environment() {
	cat <<-END
		export AD_LAB_LDAP_URL=ldap://127.0.0.1:389
		export AD_LAB_LDAPS_URL=ldaps://127.0.0.1:636
		export AD_LAB_BASE_DN=$base
		export AD_LAB_BIND_UPN=svc-dashboard@contoso.test
		export AD_LAB_BIND_USER=svc-dashboard
		export AD_LAB_PASSWORD=$password
		export AD_LAB_DIRSYNC_UPN=svc-dirsync@contoso.test
		export AD_LAB_ADMIN_UPN=Administrator@contoso.test
		export AD_LAB_CA_FILE=$lab/ca.pem
		export AD_LAB_REALM=CONTOSO.TEST
		export AD_LAB_SPN=ldap/dc1.contoso.test
		export AD_LAB_KEYTAB=$lab/svc-dashboard.keytab
		export KRB5_CONFIG=$lab/krb5.conf
		export AD_LAB_DIR=$lab
		export AD_LAB_SCRIPT=$here/ad-lab.sh
	END
}

# obstacle says why no domain controller can run here, or nothing. It installs what is missing.
obstacle() {
	if [ "$(id -u)" != 0 ] ; then echo "a domain controller needs root, for the ports 389 and 636" ; return ; fi
	if ! installed ; then
		if ! command -v apt-get >/dev/null ; then echo "Samba is not installed, and there is no apt-get to install it: this needs Debian" ; return ; fi
		if ! install ; then echo "the packages could not be installed; is there a network? ($packages)" ; return ; fi
		installed || fail "the packages were installed, but Samba's tools are still missing"
	fi
	if [ -z "${AD_LAB_ALONE:-}" ] && [ -n "$(taken)" ] && ! { unshare --net true 2>/dev/null && command -v ip >/dev/null ; } ; then
		echo "port $(taken) of 127.0.0.1 is in use, and there can be no network apart"
	fi
}

# begin starts a domain controller that ends with this script, in a network apart where a port is in use: then the script
# begins again there.
begin() {
	local verb=$1 go=$2
	if [ -z "${AD_LAB_ALONE:-}" ] && [ -n "$(taken)" ] ; then
		say "port $(taken) of 127.0.0.1 is in use: running in a network apart"
		$go build -o /dev/null . # these fetch and build, while there is a network
		$go test -run '^$' ./providers/ldap ./ui/cli >/dev/null
		AD_LAB_ALONE=1 exec unshare --net bash -c 'ip link set lo up && exec "$0" "$@"' "$here/ad-lab.sh" "$verb" "$go"
	fi
	lab=$(mktemp -d /tmp/adbadge-ad.XXXXXX)
	rmdir "$lab" # start wants to make it
	trap stop EXIT
	start
	say "Samba $(samba --version | sed 's/^Version //') serves CONTOSO.TEST with $users users after $SECONDS s"
	eval "$(environment)"
}

run_tests() {
	local go=$1 why
	cd "$here/../../../.."
	why=$(obstacle)
	[ -z "$why" ] || skip "$why"
	begin test "$go"
	# One package after the other: a test restores the domain controller.
	$go test -count=1 -p 1 -timeout 5m -run '^TestReal' -v ./providers/ldap ./ui/cli >"$lab/tests" 2>&1 || { cat "$lab/tests" ; fail "tests failed" ; }
	grep -E '^(--- |ok|FAIL)' "$lab/tests"
	! grep -q '^--- SKIP' "$lab/tests" || fail "tests were skipped, though the domain controller is there"
}

run_bench() {
	local go=$1 why
	users=${AD_LAB_BENCH_USERS:-6000}
	cd "$here/../../../.."
	why=$(obstacle)
	if [ -z "$why" ] ; then
		begin bench "$go"
	else
		command -v ldapsearch >/dev/null || skip "$why, and ldapsearch is not installed"
		echo "skipped: Samba: $why"
	fi
	AD_LAB_BENCH=1 $go test -count=1 -timeout 2h -run '^TestSideBySide$' -v ./providers/ldap | grep -vE '^(=== RUN|--- PASS|PASS|ok)'
}

case ${1:-} in
	test) run_tests "${2:-go}" ;;
	bench) run_bench "${2:-go}" ;;
	start) start ;;
	env) environment ;;
	restore) restore ;;
	stop) stop ;;
	*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" ; exit 2 ;;
esac
