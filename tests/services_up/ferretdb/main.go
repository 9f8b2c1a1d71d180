// FerretDB, a server that speaks MongoDB's protocol, embedded as its documentation shows: for tests on machines
// without Docker. Usage: ferretdb ADDRESS FOLDER, for example: ferretdb 127.0.0.1:47004 data/mongodb
package main

import (
	"context"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: ferretdb ADDRESS FOLDER")
	}
	files := url.URL{Scheme: "file", Opaque: (&url.URL{Path: os.Args[2]}).EscapedPath() + "/"}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: os.Args[1]},
		Handler:   "sqlite",
		SQLiteURL: files.String(),
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err = server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
