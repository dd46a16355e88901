package directory

// EncodeAll waits until every entry is encoded.
func (s *Server) EncodeAll() { s.store.encodeAll(s.context) }
