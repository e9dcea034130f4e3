package reference_test

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/reference"
)

func ExampleValidate() {
	violations := reference.Validate(&ssm.SendCommandInput{
		DocumentName:   aws.String("AWS-RunShellScript"),
		InstanceIds:    []string{"i-12345678", "server-1"},
		TimeoutSeconds: aws.Int32(5),
	})
	for _, v := range violations {
		fmt.Println(v.Path, v.Kind, v.Value)
	}
	// Output:
	// InstanceIds[1] pattern server-1
	// TimeoutSeconds range 5
}

func ExampleValidateJSON() {
	r := reference.ValidateJSON([]byte(`{"InstanceIds":[]}`))
	exception, message := r.Exception()
	fmt.Println(r.Validity())
	fmt.Println(exception)
	fmt.Println(message)
	// Output:
	// invalid
	// ValidationException
	// 1 validation error detected: Value null at 'documentName' failed to satisfy constraint: Member must not be null
}
