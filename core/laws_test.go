package core_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTableObeysTheLaws(t *testing.T) { laws.Table(t, "net", core.Rows()) }

func TestTranslateObeysTheLaws(t *testing.T) { laws.Translate(t, core.Translate) }
