// Centrifugo's engine as a server: the library centrifuge with its Redis broker, anonymous clients,
// and the bidirectional JSON protocol over plain WebSocket.
//
//	centrifugo PORT REDIS_URL
//
// The library's defaults hold, except that write buffers are pooled, read buffers are small and
// commands are processed off the read loop: the library's own advice for many idle connections.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/centrifugal/centrifuge"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: centrifugo PORT REDIS_URL")
	}
	port, redis := os.Args[1], os.Args[2]
	collectOnSignal()

	node, err := centrifuge.New(centrifuge.Config{
		LogLevel:   centrifuge.LogLevelWarn,
		LogHandler: func(entry centrifuge.LogEntry) { log.Println(entry.Message, entry.Fields) },
	})
	must(err)
	shard, err := centrifuge.NewRedisShard(node, centrifuge.RedisShardConfig{Address: redis})
	must(err)
	broker, err := centrifuge.NewRedisBroker(node, centrifuge.RedisBrokerConfig{
		Prefix: "centrifugo",
		Shards: []*centrifuge.RedisShard{shard},
	})
	must(err)
	node.SetBroker(broker)
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, reply centrifuge.SubscribeCallback) {
			reply(centrifuge.SubscribeReply{}, nil)
		})
	})
	must(node.Run())

	mux := http.NewServeMux()
	mux.Handle("/connection/websocket", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		UseWriteBufferPool:         true,
		ReadBufferSize:             512,
		ProcessCommandsOffReadLoop: true,
	}))
	mux.HandleFunc("POST /api/publish", func(w http.ResponseWriter, r *http.Request) { publish(node, w, r) })
	must(http.ListenAndServe(net.JoinHostPort("127.0.0.1", port), mux))
}

// publish takes what Centrifugo's HTTP API takes: {"channel": …, "data": …}. The broker carries it
// through Redis like everything else.
func publish(node *centrifuge.Node, w http.ResponseWriter, r *http.Request) {
	var request struct {
		Channel string          `json:"channel"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if _, err := node.Publish(request.Channel, request.Data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, `{"result":{}}`)
}

// collectOnSignal gives unused memory back on SIGUSR2, so that memory is read in the same state
// from every runtime.
func collectOnSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	go func() {
		for range signals {
			debug.FreeOSMemory()
		}
	}()
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
