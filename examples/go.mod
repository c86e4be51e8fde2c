module github.com/fieldstatus/fieldstatus/examples

go 1.25.0

require (
	github.com/danomagnum/gologix v0.41.0-beta
	github.com/fieldstatus/fieldstatus v0.0.0-00010101000000-000000000000
	github.com/gopcua/opcua v0.8.0
	github.com/robinson/gos7 v0.0.0-20241205073040-7ea1d6fb9d20
	github.com/stretchr/testify v1.12.1
	github.com/vapourismo/knx-go v0.0.0-20250707093940-740ae6da1af6
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/npat-efault/crc16 v0.0.0-20161013170008-4128ccbe47c3 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.30.0 // indirect
	golang.org/x/sys v0.28.0 // indirect
	golang.org/x/text v0.19.0 // indirect
)

replace github.com/fieldstatus/fieldstatus => ../
