// See ../client-program.ts.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"
)

const underWayMax = 10

var output sync.Mutex

func tell(happening map[string]any) {
	output.Lock()
	defer output.Unlock()
	json.NewEncoder(os.Stdout).Encode(happening)
}

func fail(err error) { tell(map[string]any{"happened": "failed", "why": err.Error()}) }

// The library forgets who waits when the connection is lost, so it is told to publish again: what arrived already is the same
// event.
func publish(ctx context.Context, manager *autopaho.ConnectionManager, message *paho.Publish) error {
	for {
		if err := manager.AwaitConnection(ctx); err != nil {
			return err
		}
		if _, err := manager.Publish(ctx, message); err == nil {
			return nil
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func main() {
	host, port, clientID, commandsTopic, readingsTopic, reading := os.Args[1], os.Args[2], os.Args[3], os.Args[5], os.Args[6], os.Args[7]
	readings, _ := strconv.Atoi(os.Args[8])
	server, _ := url.Parse("mqtt://" + host + ":" + port)
	ctx := context.Background()

	var published atomic.Int32
	publishAll := func(manager *autopaho.ConnectionManager) {
		for n := int(published.Add(1)); n <= readings; n = int(published.Add(1)) {
			payload := strings.Replace(reading, "{n}", fmt.Sprintf("%012d", n), 1)
			qos := byte(2 - n%2)
			if err := publish(ctx, manager, &paho.Publish{Topic: readingsTopic, QoS: qos, Payload: []byte(payload)}); err != nil {
				fail(err)
				return
			}
			tell(map[string]any{"happened": "acknowledged", "n": n})
		}
	}
	var once sync.Once
	subscribe := func(manager *autopaho.ConnectionManager) {
		subscriptions := []paho.SubscribeOptions{{Topic: commandsTopic, QoS: 2}}
		if _, err := manager.Subscribe(ctx, &paho.Subscribe{Subscriptions: subscriptions}); err != nil {
			fail(err)
			return
		}
		tell(map[string]any{"happened": "subscribed"})
		for worker := 0; worker < underWayMax; worker += 1 {
			go publishAll(manager)
		}
	}
	manager, err := autopaho.NewConnection(ctx, autopaho.ClientConfig{
		ServerUrls:            []*url.URL{server},
		KeepAlive:             20,
		SessionExpiryInterval: 3600,
		ReconnectBackoff:      autopaho.NewConstantBackoff(100 * time.Millisecond),
		OnConnectionUp: func(manager *autopaho.ConnectionManager, connack *paho.Connack) {
			tell(map[string]any{"happened": "connected", "sessionPresent": connack.SessionPresent})
			go once.Do(func() { subscribe(manager) })
		},
		ClientConfig: paho.ClientConfig{
			ClientID: clientID,
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(received paho.PublishReceived) (bool, error) {
				tell(map[string]any{"happened": "command", "payload": json.RawMessage(received.Packet.Payload)})
				return true, nil
			}},
		},
	})
	if err != nil {
		fail(err)
		os.Exit(1)
	}
	io.Copy(io.Discard, os.Stdin)
	if err := manager.Disconnect(ctx); err != nil {
		fail(err)
	}
	tell(map[string]any{"happened": "done"})
}
