package service

// cancelCommand cancels a command for all its nodes, or for some. The answer is empty, also where
// there is nothing left to cancel. That a node named twice, or one that the command was not sent
// to, is refused is our choice of what the model's errors mean.
func (s *Service) cancelCommand(r request) ([]byte, *exception) {
	id := text(r.Tree.Get("CommandId"))
	c := s.history.find(r.region, id)
	if c == nil {
		return nil, modelled("InvalidCommandId", "Command id "+id+" does not exist.")
	}
	now := s.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	var nodes []int
	seen := map[string]bool{}
	if given := r.Tree.Get("InstanceIds"); given != nil {
		for k := range given.Items {
			node := text(&given.Items[k])
			if seen[node] {
				return nil, modelled("DuplicateInstanceId", "")
			}
			seen[node] = true
			i := c.indexOf(node)
			if i < 0 {
				return nil, invalidInstances()
			}
			nodes = append(nodes, i)
		}
	}
	c.requestCancel(now, nodes)
	return []byte("{}"), nil
}
