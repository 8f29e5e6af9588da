//! Stories without a window: real processes, a real socket, a real pty.
