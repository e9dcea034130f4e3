package probe

import (
	"context"
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// synthetic are values that may do for bindings that were not given.
type synthetic struct {
	binds func(seed uint64) fixtures.Bindings
	more  func(b fixtures.Bindings) string
}

var synthetics = []synthetic{
	{
		func(seed uint64) fixtures.Bindings {
			id := func(name string, length int) string { return (Nonce(seed, name, 0) + Nonce(seed, name, 1))[:length] }
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
			name := "sendspec-" + Nonce(seed, "role", 0)
			return fixtures.Bindings{
				"role": "arn:aws:iam::123456789012:role/" + name, "topic": "arn:aws:sns:us-east-1:123456789012:" + name,
			}
		},
		func(b fixtures.Bindings) string {
			return fmt.Sprintf(
				`,"ServiceRoleArn":"%s","NotificationConfig":{"NotificationArn":"%s","NotificationEvents":["All"],`+
					`"NotificationType":"Command"}`,
				b["role"], b["topic"])
		},
	},
	{
		func(seed uint64) fixtures.Bindings {
			name := "sendspec-" + Nonce(seed, "alarm", 0)
			return fixtures.Bindings{"alarm.ok": name + "-ok", "alarm.insufficient": name + "-insufficient"}
		},
		func(b fixtures.Bindings) string {
			return fmt.Sprintf(`,"AlarmConfiguration":{"IgnorePollAlarmFailure":false,"Alarms":[{"Name":"%s"}]}`, b["alarm.ok"])
		},
	},
	{
		func(seed uint64) fixtures.Bindings {
			return fixtures.Bindings{"bucket": "sendspec-" + Nonce(seed, "bucket", 0)}
		},
		func(b fixtures.Bindings) string { return fmt.Sprintf(`,"OutputS3BucketName":"%s"`, b["bucket"]) },
	},
}

// trySynthetic asks whether the target takes a request with such values.
func (c *Client) trySynthetic(ctx context.Context, s synthetic, p *Preflight) error {
	made := s.binds(c.Seed)
	for name := range made {
		if p.Bindings[name] != "" {
			return nil // the user described this part of the world
		}
	}
	body := c.minimal(s.more(made))
	if strings.Contains(body, `"Targets"`) && strings.Contains(body, `"InstanceIds"`) {
		if !c.MayDispatch {
			return nil
		}
		body = strings.Replace(body, `"Targets":[{"Key":"tag:sendspec","Values":["`+Nonce(c.Seed, "preflight", 0)+`"]}],`, "", 1)
	}
	e, err := c.Ask(ctx, "SendCommand", body)
	if err != nil {
		return err
	}
	c.keep(&e)
	p.inspect(e)
	if !e.OK() {
		return nil
	}
	for name, value := range made {
		p.Bindings[name] = value
		p.Synthetic = append(p.Synthetic, name)
	}
	return nil
}
