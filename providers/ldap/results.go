package ldap

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"adbadge/model"
)

// Result codes (RFC 4511, 4.1.9) that mean something of their own here.
const (
	resultOperationsError    = 1
	resultTimeLimit          = 3
	resultSizeLimit          = 4
	resultStrongerAuth       = 8
	resultReferral           = 10
	resultAdminLimit         = 11
	resultUnavailableControl = 12
	resultNoSuchObject       = 32
	resultInvalidCredentials = 49
	resultInsufficientAccess = 50
	resultBusy               = 51
	resultUnavailable        = 52
	resultUnwilling          = 53
)

// resultWords puts a result code into the user's words.
func resultWords(r *resultError) (kind model.FailureKind, seen, remedy string) {
	switch r.code {
	case resultOperationsError:
		if strings.Contains(r.diagnostic, "authentication") || strings.Contains(r.diagnostic, "000004DC") {
			return model.SignInRefused, "the server answers nothing without a sign-in", "Set user and its password under [directory]."
		}
	case resultTimeLimit, resultAdminLimit:
		return model.TimedOut, "the server gave up at a limit of its own", "Name smaller base_dns under [directory], or raise the server's limit."
	case resultSizeLimit:
		return model.Broken, "the server ended the list at a limit of its own", "Set page_size under [directory] to 1000 or less."
	case resultStrongerAuth:
		return model.SignInRefused, "the server wants a stronger sign-in", "Use ldaps:// in servers under [directory]."
	case resultReferral, resultNoSuchObject:
		return model.Misconfigured, "the server does not hold this part of the directory",
			"Check base_dns under [directory], and name a domain controller of that domain."
	case resultUnavailableControl:
		return model.NotSupported, "the server cannot answer in pages", "Name a domain controller in servers under [directory]."
	case resultInsufficientAccess:
		return model.PermissionMissing, "the account may not read this", "Give the account the right to read users and computers."
	case resultBusy, resultUnavailable:
		return model.Unreachable, "the server is too busy to answer", "adbadge asks again by itself."
	}
	return model.Broken, fmt.Sprintf("the server answered with result code %d %s", r.code, show(r.diagnostic)),
		"Look at the log of the domain controller."
}

// subCode finds the reason that AD puts into the text of a refused bind: "... data 52e, v4563".
var subCode = regexp.MustCompile(`\bdata ([0-9A-Fa-f]{2,8})\b`)

// refusals are the reasons of a refused bind: Windows system error codes in hexadecimal ("System Error Codes" of the
// Windows documentation; ERROR_LOGON_FAILURE and its neighbours).
var refusals = map[string]struct{ seen, remedy string }{
	"525": {"there is no such account", "Check user under [directory]; write it as name@domain or as a distinguished name."},
	"52e": {"the name or the password is wrong", "Check the password, and write user as name@domain or as a distinguished name."},
	"530": {"the account may not sign in at this time of day", "Ask for other logon hours, or wait."},
	"531": {"the account may not sign in from this machine", "Allow this machine among the account's workstations."},
	"532": {"the password has expired", "Set a new password for the account."},
	"533": {"the account is disabled", "Enable the account, or use another one."},
	"701": {"the account has expired", "Extend the account, or use another one."},
	"773": {"the password must be changed first", "Sign in to Windows once with the account and change its password."},
	"775": {"the account is locked", "Unlock the account; adbadge tries again only at the next refresh."},
}

// bindFailure puts the refusal of a sign-in into words. The user's name is part of them, the password never is.
func bindFailure(err error, s server, user string) error {
	result, ok := errors.AsType[*resultError](err)
	if !ok {
		return err
	}
	f := &model.Failure{Source: model.Directory, Kind: model.SignInRefused, Doing: fmt.Sprintf("sign in to %s as %s", s, show(user)), Cause: err}
	switch result.code {
	case resultInvalidCredentials:
		f.Seen, f.Remedy = "the sign-in was refused", "Check user and its password under [directory]."
		if m := subCode.FindStringSubmatch(result.diagnostic); m != nil {
			if r, known := refusals[strings.ToLower(m[1])]; known {
				f.Seen, f.Remedy = r.seen, r.remedy
			} else {
				f.Seen += " (data " + m[1] + ")"
			}
		}
	case resultBusy, resultUnavailable:
		return err // another server may answer
	default:
		var kind model.FailureKind
		if kind, f.Seen, f.Remedy = resultWords(result); kind != model.Broken {
			f.Kind = kind
		}
	}
	return f
}
