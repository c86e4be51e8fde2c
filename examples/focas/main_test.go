package focas

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

func TestMain(m *testing.M) { os.Exit(leaks.Run(m)) }
