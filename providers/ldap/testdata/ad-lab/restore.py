"""Gives the database of a stopped domain controller another invocationId, as restoring it does.

Usage: restore.py SMB_CONF
"""
import sys
import uuid

import ldb
from samba.auth import system_session
from samba.dcerpc import misc
from samba.ndr import ndr_pack
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load(sys.argv[1])
sam = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp)
change = ldb.Message(ldb.Dn(sam, str(sam.get_dsServiceName())))
change["id"] = ldb.MessageElement(ndr_pack(misc.GUID(str(uuid.uuid4()))), ldb.FLAG_MOD_REPLACE, "invocationId")
sam.modify(change, controls=["relax:0"])
