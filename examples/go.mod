module github.com/fieldstatus/fieldstatus/examples

go 1.25.0

require (
	github.com/chromedp/chromedp v0.14.2
	github.com/danomagnum/gologix v0.41.0-beta
	github.com/eclipse/paho.mqtt.golang v1.5.1
	github.com/fieldstatus/fieldstatus v0.0.0-00010101000000-000000000000
	github.com/gopcua/opcua v0.8.0
	github.com/robinson/gos7 v0.0.0-20241205073040-7ea1d6fb9d20
	github.com/stretchr/testify v1.12.1
	github.com/vapourismo/knx-go v0.0.0-20250707093940-740ae6da1af6
)

require (
	github.com/chromedp/cdproto v0.0.0-20250724212937-08a3db8b4327 // indirect
	github.com/chromedp/sysutil v1.1.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20250725192818-e39067aee2d2 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/pool v0.2.1 // indirect
	github.com/gobwas/ws v1.4.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/websocket v1.5.3 // indirect
	github.com/npat-efault/crc16 v0.0.0-20161013170008-4128ccbe47c3 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.44.0 // indirect
	golang.org/x/sync v0.17.0 // indirect
	golang.org/x/sys v0.36.0 // indirect
	golang.org/x/text v0.29.0 // indirect
)

replace github.com/fieldstatus/fieldstatus => ../
