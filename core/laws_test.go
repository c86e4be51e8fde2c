package core_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTableObeysTheLaws(t *testing.T) { laws.Table(t, "net", core.Rows()) }

func TestTranslateObeysTheLaws(t *testing.T) { laws.Translate(t, core.Translate) }

func TestEveryEventObeysTheLaws(t *testing.T) {
	c := laws.Cover(t, core.Rows())
	laws.Events(c, core.Event.Status, "network", "frame")
	c.Complete()
}
