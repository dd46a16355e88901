package cli

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"
)

// openProfiles serves profiles of this run at the address of --pprof, and says where. They tell what the program does
// and the arguments that it was started with, so they are for this machine only.
func (a *app) openProfiles() error {
	if a.flags.pprof == "" {
		return nil
	}
	address, err := net.ResolveTCPAddr("tcp", a.flags.pprof)
	if err != nil {
		return usagef("--pprof is %q, but must be an address of this machine and a port, such as 127.0.0.1:6060: %w", a.flags.pprof, err)
	}
	if !address.IP.IsLoopback() {
		return usagef("--pprof is %q, which other machines could reach; name a loopback address, such as 127.0.0.1:6060", a.flags.pprof)
	}
	listener, err := net.ListenTCP("tcp", address)
	if err != nil {
		return failedf("cannot serve profiles at %s: %w", address, err)
	}
	fmt.Fprintf(a.err, "adbadge: profiles at http://%s/debug/pprof/\n", listener.Addr())
	server := &http.Server{Handler: onlyLoopback(profiles()), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) // until the program ends
	return nil
}

// profiles answers what go tool pprof asks for.
func profiles() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// onlyLoopback refuses what was asked of another name: a web page in a browser of this machine can make its own name
// lead here.
func onlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if host != "localhost" && !net.ParseIP(strings.Trim(host, "[]")).IsLoopback() {
			http.Error(w, "Ask for a loopback address.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
