package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"golang.org/x/sync/errgroup"

	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
)

// kubernetesJob is what matters here of a Job.
type kubernetesJob struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     struct {
		CompletionMode                                               string
		Completions, Parallelism, BackoffLimit, BackoffLimitPerIndex *int
		Suspend                                                      bool
		PodFailurePolicy                                             struct {
			Rules []struct {
				Action      string
				OnExitCodes struct {
					ContainerName, Operator string
					Values                  []int
				}
			}
		}
		Template struct {
			Spec struct {
				RestartPolicy string
				Containers    []struct {
					Name, Image   string
					Command, Args []string
					VolumeMounts  []struct{ Name, MountPath string }
				}
				Volumes []struct {
					Name                  string
					PersistentVolumeClaim struct{ ClaimName string }
				}
			}
		}
	}
}

// kubernetesJobs are the Jobs of the manifest, by their names.
func kubernetesJobs(t *testing.T) map[string]kubernetesJob {
	t.Helper()
	f, err := os.Open("../../.github/kubernetes/fuzz.yaml")
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	jobs := map[string]kubernetesJob{}
	claimed := ""
	for d := yaml.NewDecoder(f); ; {
		var document any
		err := d.Decode(&document)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		text, err := json.Marshal(document) // which is read whatever the case of the names
		require.NoError(t, err)
		var job kubernetesJob
		require.NoError(t, json.Unmarshal(text, &job))
		if job.Kind == "Job" {
			jobs[job.Metadata.Name] = job
		} else {
			claimed = job.Metadata.Name
		}
	}
	for name, job := range jobs {
		pod := job.Spec.Template.Spec
		require.Len(t, pod.Containers, 1, name)
		require.Equal(t, claimed, pod.Volumes[0].PersistentVolumeClaim.ClaimName, name)
		require.Equal(t, pod.Volumes[0].Name, pod.Containers[0].VolumeMounts[0].Name, name)
		require.Equal(t, "Never", pod.RestartPolicy, name)
		require.Empty(t, pod.Containers[0].Command, "%s: the image's own", name)
	}
	return jobs
}

func TestTheKubernetesJobRunsEveryShardOnce(t *testing.T) {
	t.Parallel()
	jobs := kubernetesJobs(t)
	job := jobs["sendspec-fuzz"].Spec
	assert.Equal(t, "Indexed", job.CompletionMode)
	assert.Equal(t, job.Completions, job.Parallelism)
	assert.Contains(t, job.Template.Spec.Containers[0].Args, fmt.Sprintf("--shard=auto/%d", *job.Completions))
	// Without a limit for each index the first shard that finds something ends the others.
	require.NotNil(t, job.BackoffLimitPerIndex)
	assert.Nil(t, job.BackoffLimit)
	require.Len(t, job.PodFailurePolicy.Rules, 1)
	rule := job.PodFailurePolicy.Rules[0]
	assert.Equal(t, "FailIndex", rule.Action)
	assert.Equal(t, job.Template.Spec.Containers[0].Name, rule.OnExitCodes.ContainerName)
	assert.Equal(t, []int{exitNonconforming, exitUsage, exitCannotJudge, exitStale}, rule.OnExitCodes.Values)
	assert.True(t, jobs["sendspec-merge"].Spec.Suspend)
}

// defective is a server with three defects.
func defective(t *testing.T) *httptest.Server {
	t.Helper()
	wrong, err := wrongServer()
	require.NoError(t, err)
	t.Cleanup(wrong.Close)
	next := wrong.Config.Handler
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || strings.Contains(string(body), `"MaxErrors":"`) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			if name != "Content-Length" {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(strings.Replace(answer.Body.String(), `"TargetCount":`, `"Targetcount":`, 1)))
	}))
	t.Cleanup(s.Close)
	return s
}

// The test is the Job controller, and the kubelet that puts the value of a variable into the arguments.
func TestTheIndexedJobFindsWhatOneProcessFinds(t *testing.T) {
	t.Parallel()
	longtest.Skip(t)
	jobs, server, findings := kubernetesJobs(t), defective(t), t.TempDir()
	args := func(job kubernetesJob, index string) (args []string) {
		for _, arg := range job.Spec.Template.Spec.Containers[0].Args {
			arg = strings.ReplaceAll(arg, "$(JOB_COMPLETION_INDEX)", index)
			arg = strings.ReplaceAll(arg, job.Spec.Template.Spec.Containers[0].VolumeMounts[0].MountPath, findings)
			switch name, _, _ := strings.Cut(arg, "="); name {
			case "--endpoint":
				arg = "--endpoint=" + server.URL
			case "--count":
				arg = "--count=500"
			}
			args = append(args, arg)
		}
		return args
	}
	fuzz := jobs["sendspec-fuzz"]
	var pods errgroup.Group
	for i := range *fuzz.Spec.Completions {
		pods.Go(func() error {
			index := fmt.Sprint(i)
			return sendspec(exitNonconforming, indexVariable+"="+index, append(args(fuzz, index), "--strategy=valid,boundary")...)
		})
	}
	require.NoError(t, pods.Wait())
	require.NoError(t, sendspec(exitNonconforming, "", args(jobs["sendspec-merge"], "")...))

	one := slices.DeleteFunc(args(fuzz, "whole"), func(arg string) bool { return strings.HasPrefix(arg, "--shard=") })
	require.NoError(t, sendspec(exitNonconforming, "", append(one, "--strategy=valid,boundary", "--json="+findings+"/whole.json")...))
	whole, merged := campaignReport(t, findings+"/whole.json"), campaignReport(t, findings+"/fuzz.json")
	assert.Len(t, whole.IDs(), 3)
	assert.Equal(t, whole.IDs(), merged.IDs())
	assert.Equal(t, whole.Hash, merged.Hash, "each input was sent once")
	assert.Equal(t, whole.Verdict, merged.Verdict)
	assert.True(t, merged.Complete)
	for _, id := range merged.IDs() {
		assert.FileExists(t, filepath.Join(findings, "merged", id, "finding.json"))
	}
}

// sendspec runs the program as a process of its own, with one more variable.
func sendspec(want int, variable string, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := &exec.Cmd{Path: self, Args: append([]string{"sendspec"}, args...), Env: append(os.Environ(), variable)}
	out, _ := c.CombinedOutput()
	if code := c.ProcessState.ExitCode(); code != want {
		return fmt.Errorf("%s: exit code %d, want %d\n%s", c.Args, code, want, out)
	}
	return nil
}

// savedCampaign is the JSON report of a campaign.
type savedCampaign struct {
	Complete      bool
	Verdict, Hash string
	Findings      []struct{ ID string }
}

func (r *savedCampaign) IDs() (list []string) {
	for _, f := range r.Findings {
		list = append(list, f.ID)
	}
	slices.Sort(list)
	return list
}

func campaignReport(t *testing.T, name string) *savedCampaign {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	var r savedCampaign
	require.NoError(t, json.Unmarshal(b, &r))
	return &r
}
