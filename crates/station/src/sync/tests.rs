//! The loops against a small fake server.
