//! Faults of real processes, sockets, databases and disks. Each story names what must never go wrong.

mod bad_line;
mod damaged_station;
mod floor;
mod full_disk;
mod killed_printing;
mod killed_server;
mod killed_station;
mod one_way;
mod postgres;
mod privileged;
mod secrets;
mod two_servers;
