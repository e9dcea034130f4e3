package conformance

import (
	"context"
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// probe asks whether made-up values will do for bindings that were not given.
type probe struct {
	binds func(seed uint64) fixtures.Bindings
	more  func(b fixtures.Bindings) string
}

var probes = []probe{
	{
		func(seed uint64) fixtures.Bindings {
			id := func(name string, length int) string { return (nonce(seed, name, 0) + nonce(seed, name, 1))[:length] }
			made := fixtures.Bindings{
				"node": "i-" + id("node", 17), "node.short": "i-" + id("node.short", 8), "node.hybrid": "mi-" + id("node.hybrid", 17),
			}
			for n := 2; n <= fixtures.Nodes; n++ {
				name := fmt.Sprintf("node.%d", n)
				made[name] = "i-" + id(name, 17)
			}
			return made
		},
		func(b fixtures.Bindings) string { return fmt.Sprintf(`,"InstanceIds":["%s"]`, b["node"]) },
	},
	{
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + nonce(seed, "role", 0)
			return fixtures.Bindings{
				"role": "arn:aws:iam::123456789012:role/" + name, "topic": "arn:aws:sns:us-east-1:123456789012:" + name,
			}
		},
		func(b fixtures.Bindings) string {
			return fmt.Sprintf(`,"ServiceRoleArn":"%s","NotificationConfig":{"NotificationArn":"%s","NotificationEvents":["All"],"NotificationType":"Command"}`,
				b["role"], b["topic"])
		},
	},
	{
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + nonce(seed, "alarm", 0)
			return fixtures.Bindings{"alarm.ok": name + "-ok", "alarm.insufficient": name + "-insufficient"}
		},
		func(b fixtures.Bindings) string {
			return fmt.Sprintf(`,"AlarmConfiguration":{"IgnorePollAlarmFailure":false,"Alarms":[{"Name":"%s"}]}`, b["alarm.ok"])
		},
	},
	{
		func(seed uint64) fixtures.Bindings {
			return fixtures.Bindings{"bucket": "sendspec-" + nonce(seed, "bucket", 0)}
		},
		func(b fixtures.Bindings) string { return fmt.Sprintf(`,"OutputS3BucketName":"%s"`, b["bucket"]) },
	},
}

func (a *asker) probe(ctx context.Context, pr probe, p *Preflight) error {
	made := pr.binds(a.seed)
	for name := range made {
		if p.bindings[name] != "" {
			return nil // the user described this part of the world
		}
	}
	body := a.minimal(pr.more(made))
	if strings.Contains(body, `"InstanceIds"`) {
		if !a.mayDispatch {
			return nil
		}
		body = strings.Replace(body, `"Targets":[{"Key":"tag:sendspec","Values":["`+nonce(a.seed, "preflight", 0)+`"]}],`, "", 1)
	}
	e, err := a.ask(ctx, "SendCommand", body)
	if err != nil {
		return err
	}
	p.inspect(e)
	if !e.OK() {
		return nil
	}
	for name, value := range made {
		p.bindings[name] = value
		p.Synthetic = append(p.Synthetic, name)
	}
	return nil
}
