package config

import (
	"slices"
	"time"
)

// Which settings the methods of a sign-in use.
var (
	signInMethods = []string{
		MethodNone, MethodClientSecret, MethodClientCertificate, MethodWorkloadIdentity, MethodManagedIdentity, MethodAzureCLI,
		MethodDeviceCode, MethodInteractiveBrowser,
	}
	needClient = []string{MethodClientSecret, MethodClientCertificate, MethodDeviceCode, MethodInteractiveBrowser}
	takeClient = append(needClient[:len(needClient):len(needClient)], MethodWorkloadIdentity, MethodManagedIdentity)
	takeSecret = []string{MethodClientSecret, MethodClientCertificate}
)

func (c checker) signIn(s *SignIn) {
	if !c.word(at("signin", "method"), s.Method, signInMethods) {
		return
	}
	switch {
	case slices.Contains(needClient, s.Method) && s.ClientID == "":
		c.say(at("signin", "client_id"), "[signin] client_id is missing: method %q needs the id of an app registration", s.Method)
	case s.ClientID != "" && !isGUID(s.ClientID):
		c.say(at("signin", "client_id"), "[signin] client_id must be a GUID, not %q", s.ClientID)
	}
	if s.Method == MethodClientSecret && s.SecretEnv == "" && s.SecretFile == "" && !s.SecretKeyring {
		c.say(at("signin", "method"), "[signin] method %q needs secret_file, secret_env or secret_keyring", s.Method)
	}
	if s.Method == MethodClientCertificate && s.CertificateFile == "" {
		c.say(at("signin", "certificate_file"), "[signin] certificate_file is missing: method %q needs it", s.Method)
	}
	c.signInSecret(s)
	c.unused(slices.Contains(takeClient, s.Method), at("signin", "client_id"), s.ClientID != "", s.Method)
	c.unused(s.Method == MethodClientCertificate, at("signin", "certificate_file"), s.CertificateFile != "", s.Method)
	c.unused(s.Method == MethodWorkloadIdentity, at("signin", "token_file"), s.TokenFile != "", s.Method)
	c.tokenCache(s)
	c.https(at("signin", "authority"), s.Authority)
	c.duration(at("signin", "timeout"), s.Timeout, time.Second, 10*time.Minute)
}

// signInSecret checks where the secret comes from: from one place, and only for a method that has one.
func (c checker) signInSecret(s *SignIn) {
	c.variable(at("signin", "secret_env"), s.SecretEnv)
	first := ""
	for _, setting := range []struct {
		key string
		set bool
	}{{"secret_env", s.SecretEnv != ""}, {"secret_file", s.SecretFile != ""}, {"secret_keyring", s.SecretKeyring}} {
		switch {
		case !setting.set:
		case first != "":
			c.say(at("signin", setting.key), "[signin] %s and [signin] %s are both set; one is enough", first, setting.key)
		default:
			first = setting.key
			c.unused(slices.Contains(takeSecret, s.Method), at("signin", setting.key), true, s.Method)
		}
	}
}

// tokenCache checks where a person's tokens are kept.
func (c checker) tokenCache(s *SignIn) {
	if !c.word(at("signin", "cache"), s.Cache, []string{CacheNone, CacheKeyring, CacheFile}) {
		return
	}
	c.unused(s.AsksPerson(), at("signin", "cache"), s.Cache == CacheFile, s.Method)
	c.variable(at("signin", "cache_key_env"), s.CacheKeyEnv)
	c.onlyOne(at("signin", "cache_key_env"), s.CacheKeyEnv, at("signin", "cache_key_file"), s.CacheKeyFile)
	if s.Cache == CacheFile {
		if s.CacheKeyEnv == "" && s.CacheKeyFile == "" {
			c.say(at("signin", "cache"), "[signin] cache %q needs cache_key_file or cache_key_env, which holds the passphrase", s.Cache)
		}
		return
	}
	for key, value := range map[string]string{"cache_key_env": s.CacheKeyEnv, "cache_key_file": s.CacheKeyFile} {
		if value != "" {
			c.say(at("signin", key), "[signin] %s is set, but cache is %q, which does not use it", key, s.Cache)
		}
	}
}

// unused says that a setting of the sign-in contradicts its method.
func (c checker) unused(used bool, path []string, set bool, method string) {
	if !used && set {
		c.say(path, "%s is set, but method %q does not use it", setting(path), method)
	}
}
