//! Stories without a window: real processes, a real socket, a real pty. Each names what must never go wrong.

mod cut_off;
mod decisions;
mod once;
mod order_of_work;
mod printing;
mod refused_stations;
mod unplugged;
