package ldap

import (
	"crypto"
	_ "crypto/md5" // of the channel binding
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	kerberoscrypto "github.com/jcmturner/gokrb5/v8/crypto"
)

// securityContext is the client's half of a GSS-API exchange with Kerberos (RFC 4121) as SASL uses it (RFC 4752). It
// asks for no protection of what follows: that is TLS's work, and AD refuses two layers at once.
type securityContext struct {
	ticket        serviceTicket
	authenticator types.Authenticator
	key           types.EncryptionKey // of the acceptor, after its answer
}

// Sent as bits of the authenticator's checksum: the server must prove itself too.
const contextFlags = gssapi.ContextFlagMutual | gssapi.ContextFlagSequence

// kerberosMechanism names Kerberos in tokens (RFC 1964, 1).
var kerberosMechanism = asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}

// Token identifiers of RFC 4121, 4.1 and 4.2.
const (
	tokenRequest = "\x01\x00"
	tokenReply   = "\x02\x00"
	tokenError   = "\x03\x00"
	tokenWrap    = "\x05\x04"
)

// begin makes the first token. binding ties it to the TLS connection, so that nobody in between can pass it on.
func (s *securityContext) begin(binding [16]byte) ([]byte, error) {
	var err error
	if s.authenticator, err = types.NewAuthenticator(s.ticket.realm, s.ticket.client); err != nil {
		return nil, fmt.Errorf("make an authenticator: %w", err)
	}
	s.authenticator.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: contextChecksum(binding)}
	request, err := messages.NewAPReq(s.ticket.ticket, s.ticket.key, s.authenticator)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	types.SetFlag(&request.APOptions, flags.APOptionMutualRequired)
	body, err := request.Marshal()
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	mechanism, err := asn1.Marshal(kerberosMechanism)
	if err != nil {
		return nil, fmt.Errorf("encode the mechanism: %w", err)
	}
	return asn1.Marshal(asn1.RawValue{Class: asn1.ClassApplication, IsCompound: true,
		Bytes: slices.Concat(mechanism, []byte(tokenRequest), body)})
}

// contextChecksum is the checksum field of the authenticator (RFC 4121, 4.1.1).
func contextChecksum(binding [16]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(binding)))
	b = append(b, binding[:]...)
	return binary.LittleEndian.AppendUint32(b, contextFlags)
}

// accept checks the server's answer: only who knows the key of the service can repeat the time of the request.
func (s *securityContext) accept(token []byte) error {
	var outer asn1.RawValue
	if _, err := asn1.Unmarshal(token, &outer); err != nil || outer.Class != asn1.ClassApplication || outer.Tag != 0 {
		return errToken
	}
	var mechanism asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(outer.Bytes, &mechanism)
	if err != nil || !mechanism.Equal(kerberosMechanism) || len(rest) < 2 {
		return errToken
	}
	switch string(rest[:2]) {
	case tokenReply:
	case tokenError:
		var refusal messages.KRBError
		if refusal.Unmarshal(rest[2:]) != nil {
			return errToken
		}
		return kerberosCode{refusal}
	default:
		return errToken
	}
	var reply messages.APRep
	if reply.Unmarshal(rest[2:]) != nil {
		return errToken
	}
	plain, err := kerberoscrypto.DecryptEncPart(reply.EncPart, s.ticket.key, keyusage.AP_REP_ENCPART)
	if err != nil {
		return protocolError("the server could not prove that it is the one that was asked")
	}
	var part messages.EncAPRepPart
	if part.Unmarshal(plain) != nil {
		return errToken
	}
	if part.Cusec != s.authenticator.Cusec || part.CTime.Unix() != s.authenticator.CTime.Unix() {
		return protocolError("the server's proof belongs to another sign-in")
	}
	s.key = part.Subkey
	if len(s.key.KeyValue) == 0 {
		s.key = s.ticket.key
	}
	return nil
}

const errToken = protocolError("the server's Kerberos answer cannot be read")

const (
	layerNone        = 1 // RFC 4752, 3.1: a bit for each security layer that the server offers
	wrapFromAcceptor = 1
	wrapSealed       = 2
	wrapSubkey       = 4
)

// errNoPlainLayer means that the server insists on a security layer of Kerberos.
var errNoPlainLayer = errors.New("the server offers no sign-in without a security layer of Kerberos")

// agree answers the server's offer of security layers with none.
func (s *securityContext) agree(offer []byte) ([]byte, error) {
	token, err := s.unwrap(offer)
	if err != nil {
		return nil, err
	}
	if len(token.Payload) != 4 {
		return nil, errToken
	}
	if token.Payload[0]&layerNone == 0 {
		return nil, errNoPlainLayer
	}
	encryption, err := kerberoscrypto.GetEtype(s.key.KeyType)
	if err != nil {
		return nil, err
	}
	answer := gssapi.WrapToken{
		Flags: token.Flags & wrapSubkey, EC: uint16(encryption.GetHMACBitLength() / 8),
		SndSeqNum: uint64(s.authenticator.SeqNumber), Payload: []byte{layerNone, 0, 0, 0},
	}
	if err := answer.SetCheckSum(s.key, keyusage.GSSAPI_INITIATOR_SEAL); err != nil {
		return nil, fmt.Errorf("sign the answer: %w", err)
	}
	return answer.Marshal()
}

// unwrap reads a signed token (RFC 4121, 4.2.6.2) and checks its signature. The fields after the header may be rotated.
func (s *securityContext) unwrap(b []byte) (gssapi.WrapToken, error) {
	var token gssapi.WrapToken
	if len(b) < gssapi.HdrLen || string(b[:2]) != tokenWrap || b[3] != gssapi.FillerByte {
		return token, errToken
	}
	token.Flags, token.SndSeqNum = b[2], binary.BigEndian.Uint64(b[8:16])
	token.EC, token.RRC = binary.BigEndian.Uint16(b[4:6]), binary.BigEndian.Uint16(b[6:8])
	body := slices.Clone(b[gssapi.HdrLen:])
	if token.Flags&wrapFromAcceptor == 0 || token.Flags&wrapSealed != 0 || int(token.EC) > len(body) || len(body) == 0 {
		return token, errToken
	}
	turn := int(token.RRC) % len(body)
	body = slices.Concat(body[turn:], body[:turn])
	split := len(body) - int(token.EC)
	token.Payload, token.CheckSum = body[:split], body[split:]
	if ok, err := token.Verify(s.key, keyusage.GSSAPI_ACCEPTOR_SEAL); !ok || err != nil {
		return token, protocolError("the signature of the server's Kerberos answer is wrong")
	}
	return token, nil
}

// channelBinding is the hash of the TLS connection's server certificate (tls-server-end-point, RFC 5929, 4.1) as
// GSS-API carries it (RFC 2744, 3.11): no addresses, then the hash behind its name.
func channelBinding(certificate *x509.Certificate) [16]byte {
	digest := bindingHash(certificate.SignatureAlgorithm).New()
	digest.Write(certificate.Raw)
	data := digest.Sum([]byte("tls-server-end-point:"))
	sum := crypto.MD5.New()
	sum.Write(make([]byte, 16)) // types and lengths of two absent addresses
	sum.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
	sum.Write(data)
	return [16]byte(sum.Sum(nil))
}

// bindingHash is the hash of a signature; SHA-256 where that is an older one, or none that is known.
func bindingHash(a x509.SignatureAlgorithm) crypto.Hash {
	switch a {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		return crypto.SHA512
	}
	return crypto.SHA256
}
