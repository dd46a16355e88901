"""Fills a fresh domain with the accounts that the tests TestReal... know. Every name follows from its number.

Usage: populate.py SMB_CONF PASSWORD USERS
"""
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

USERS = int(sys.argv[3])
COMPUTERS = USERS // 2
STAFF = 1000  # who are in the group of all, at the most
FIRST = ["Anna", "Bruno", "Clara", "Dimitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jakob"]
LAST = ["Berg", "Costa", "Duran", "Engel", "Fuchs", "Gruber", "Haas", "Ito", "Jansen", "Keller", "Lind", "Moser"]
DEPARTMENTS = ["Engineering", "Sales", "Finance", "Human Resources", "IT", "Security"]
# userAccountControl: normal account or workstation, without the need of a password (0x20), which is quick to load.
NORMAL, WORKSTATION, DISABLED, NEVER_EXPIRES = 0x220, 0x1020, 0x2, 0x10000
NAMED = {  # number: first name, last name, department, control, number of the manager
    1: ("Omar", "Robinson", "Security", NORMAL | DISABLED, None),
    2: ("Deepa", "Sharma", "Sales", NORMAL | NEVER_EXPIRES, None),
    3: ("Olga", "Kelly", "Security", NORMAL, 1),
}
ODD = [  # what spoils careless clients: a separator, accents, wide characters, right to left, escape sequences
    ("Doe, Jane", "odd-comma", "a comma in the name"), ("Zoë Müller", "odd-accent", "accents"),
    ("山田 太郎", "odd-wide", "wide characters"), ("محمد علي", "odd-rtl", "right to left"),
    ("Escape", "odd-escape", "\x1b[31mred\x1b[0m \x1b]0;title\x07"), ("Lines", "odd-lines", "one\ntwo\tthree"),
    ("#<b>&+=;", "odd-special", "characters that a distinguished name escapes"),
]


def escape(value):
    return "".join("\\" + c if c in ',\\#+<>;"=' else c for c in value)


def main():
    lp = LoadParm()
    lp.load(sys.argv[1])
    password = sys.argv[2]
    sam = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp, options=["batch_mode:1"])  # a fifth of the time
    base = str(sam.domain_dn())
    root = "OU=Contoso," + base
    realm = lp.get("realm").lower()
    for ou in [root, "OU=Users," + root, "OU=Computers," + root, "OU=Groups," + root, "OU=Service Accounts," + root] + [
        "OU=%s,OU=Users,%s" % (d, root) for d in DEPARTMENTS
    ]:
        sam.add({"dn": ou, "objectClass": "organizationalUnit"})

    service = "OU=Service Accounts," + root
    for name, control, more in [
        ("svc-dashboard", 66048, {}), ("svc-dirsync", 66048, {}), ("lab-disabled", 514, {}),
        ("lab-expired", 512, {"accountExpires": "132223104000000000"}),  # 2020-01-01
        ("lab-mustchange", 512, {}),
    ]:
        dn = "CN=%s,%s" % (name, service)
        sam.add(dict(dn=dn, objectClass="user", sAMAccountName=name, userPrincipalName=name + "@" + realm, displayName=name, **more))
        sam.setpassword("(sAMAccountName=%s)" % name, password, force_change_at_next_login=name == "lab-mustchange")
        sam.modify_ldif("dn: %s\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: %d\n" % (dn, control))

    sam.transaction_start()
    dns = {}
    for i in range(1, USERS + 1):
        first, last = FIRST[i % len(FIRST)], LAST[(i // len(FIRST)) % len(LAST)]
        department, control, manager = DEPARTMENTS[i % len(DEPARTMENTS)], NORMAL | (DISABLED if i % 17 == 0 else 0), None
        account, name = "%s%s%03d" % (first[0].lower(), last.lower(), i), "%s %s %03d" % (first, last, i)
        if i in NAMED:
            first, last, department, control, manager = NAMED[i]
            account, name = (first[0] + last).lower(), first + " " + last
        dns[i] = "CN=%s,OU=%s,OU=Users,%s" % (escape(name), department, root)
        entry = dict(dn=dns[i], objectClass="user", sAMAccountName=account, userPrincipalName=account + "@" + realm, givenName=first, sn=last,
                     displayName="%s, %s" % (last, first), department=department, title="Analyst", mail=account + "@" + realm,
                     employeeID="%07d" % (100000 + i), userAccountControl=str(control))
        if manager:
            entry["manager"] = dns[manager]
        sam.add(entry)
    for i, (name, account, description) in enumerate(ODD):
        sam.add(dict(dn="CN=%s,OU=Users,%s" % (escape(name), root), objectClass="user", sAMAccountName=account, displayName=name,
                     description=description, userAccountControl=str(NORMAL)))
    for i in range(1, COMPUTERS + 1):
        name = "WS-%03d" % i if i % 5 else "SRV-%03d" % i
        system, version = ("Windows 11 Enterprise", "10.0 (26100)") if i % 5 else ("Windows Server 2022 Standard", "10.0 (20348)")
        sam.add(dict(dn="CN=%s,OU=Computers,%s" % (name, root), objectClass="computer", sAMAccountName=name + "$",
                     dNSHostName="%s.%s" % (name.lower(), realm), operatingSystem=system, operatingSystemVersion=version,
                     userAccountControl=str(WORKSTATION)))
    sam.add({"dn": "CN=GG-AllStaff,OU=Groups," + root, "objectClass": "group", "sAMAccountName": "GG-AllStaff", "member": list(dns.values())[:STAFF]})
    sam.transaction_commit()
    grant(sam, base)
    serve_names(sam, base, realm)


def grant(sam, base):
    """Lets svc-dirsync replicate changes and see deleted objects."""
    found = sam.search(base, ldb.SCOPE_SUBTREE, "(sAMAccountName=svc-dirsync)", ["objectSid"])
    sid = str(sam.schema_format_value("objectSid", found[0]["objectSid"][0]).decode())
    rights = SDUtils(sam)
    rights.dacl_add_ace(base, "(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;%s)" % sid)
    deleted, domain = "CN=Deleted Objects," + base, security.dom_sid(sam.get_domain_sid())
    text = rights.read_sd_on_dn(deleted, controls=["show_deleted:1"]).as_sddl(domain)
    at = text.find("S:", text.index("D:"))
    at = len(text) if at < 0 else at
    text = text[:at] + "(A;CI;LCRP;;;%s)" % sid + text[at:]
    rights.modify_sd_on_dn(deleted, security.descriptor.from_sddl(text, domain),
                           controls=["sd_flags:1:%d" % security.SECINFO_DACL, "show_deleted:1"])


def serve_names(sam, base, realm):
    """Lets Kerberos clients name the domain controller as they reach it."""
    computer = sam.search(base, ldb.SCOPE_SUBTREE, "(sAMAccountName=DC1$)", ["servicePrincipalName"])[0]
    have = {str(name).lower() for name in computer["servicePrincipalName"]}
    new = sorted({"ldap/dc1." + realm, "ldap/dc1", "ldap/localhost"} - have)
    if new:
        change = ldb.Message(computer.dn)
        change["names"] = ldb.MessageElement(new, ldb.FLAG_MOD_ADD, "servicePrincipalName")
        sam.modify(change)


main()
