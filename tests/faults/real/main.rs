//! Faults of real processes, sockets and disks.

use cordwainer_server::boot::{Config, Server};

#[tokio::test]
async fn a_server_that_stopped_in_order_begins_the_same_life_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut epochs = Vec::new();
    for _ in 0..2 {
        let server = Server::start(Config::embedded(folder.path())).await.expect("starts");
        epochs.push(server.store.identity().epoch().to_owned());
        server.shutdown().await;
    }
    assert_eq!(epochs[0], epochs[1], "only a restore begins another life");
}
