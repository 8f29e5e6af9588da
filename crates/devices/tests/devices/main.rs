//! What the devices crate promises, tried through its public face: one binary, one module a subject.

mod binaries;
mod framing;
mod hot_plug;
mod instruments;
mod local_printers;
mod print_queue;
mod printer_languages;
mod printer_trouble;
mod printing;
mod serial_scanner;
mod storm;
mod tcp_scanner;
