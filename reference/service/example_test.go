package service_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/service"
)

func ExampleNew() {
	s := service.New(service.WithNode(service.Node{ID: "i-0123456789abcdef0", Online: true}))
	server := httptest.NewServer(s)
	defer server.Close()

	client := ssm.New(ssm.Options{
		BaseEndpoint: aws.String(server.URL), Region: service.DefaultRegion, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	out, err := client.SendCommand(context.Background(), &ssm.SendCommandInput{
		DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{"i-0123456789abcdef0"},
		Parameters: map[string][]string{"commands": {"true"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.Command.Status, out.Command.TargetCount)

	_, err = client.SendCommand(context.Background(),
		&ssm.SendCommandInput{DocumentName: aws.String("no-such-document"), InstanceIds: []string{"i-0123456789abcdef0"}})
	var api smithy.APIError
	if errors.As(err, &api) {
		fmt.Println(api.ErrorCode())
	}
	// Output:
	// Pending 1
	// InvalidDocument
}
