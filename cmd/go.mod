module github.com/fieldstatus/fieldstatus/cmd

go 1.25.0

require (
	github.com/fieldstatus/fieldstatus v0.0.0
	github.com/gopacket/gopacket v1.7.7
	github.com/gopcua/opcua v0.8.0
	github.com/robinson/gos7 v0.0.0-20241205073040-7ea1d6fb9d20
	github.com/spf13/cobra v1.10.2
	github.com/stretchr/testify v1.12.1
	golang.org/x/sys v0.45.0
	golang.org/x/term v0.43.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.55.0 // indirect
)

replace github.com/fieldstatus/fieldstatus => ../
