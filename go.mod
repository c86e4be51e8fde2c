module github.com/fieldstatus/fieldstatus

go 1.23

require (
	github.com/gopcua/opcua v0.8.0
	github.com/robinson/gos7 v0.0.0-20241205073040-7ea1d6fb9d20
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/google/uuid v1.6.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
