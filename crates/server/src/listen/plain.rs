//! A clear word to whoever speaks plain HTTP to a door that speaks TLS.

use std::io;

use cordwainer_protocol::sync::{Problem, ProblemCode};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The first byte of every TLS connection: a handshake record.
const HANDSHAKE: u8 = 0x16;

/// Whether what comes is TLS; the byte stays where it is. An end without a byte is not.
pub(crate) async fn is_tls(socket: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    Ok(socket.peek(&mut first).await? == 1 && first[0] == HANDSHAKE)
}

/// Says so, and hangs up.
pub(crate) async fn explain(mut socket: TcpStream) -> io::Result<()> {
    let problem = Problem::new(ProblemCode::Malformed, "this door speaks TLS: write https:// instead of http://");
    let body = serde_json::to_string(&problem)?;
    let head = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(body.as_bytes()).await?;
    socket.shutdown().await
}
