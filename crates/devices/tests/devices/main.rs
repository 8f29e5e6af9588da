//! What the devices crate promises, tried through its public face: one binary, one module a subject.

mod binaries;
mod framing;
mod hot_plug;
mod printing;
mod serial_scanner;
mod tcp_scanner;
