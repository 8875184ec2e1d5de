//! Signs a player in with the official crates. Prints the authorization URL, reads the code, and prints `auth/self`.

use eternaltwin_client::http::HttpEternaltwinClient;
use eternaltwin_client::{EtwinAuth, EtwinClient};
use eternaltwin_core::clock::SystemClock;
use eternaltwin_oauth_client::http::{HttpRfcOauthClient, HttpRfcOauthClientOptions};
use eternaltwin_oauth_client::RfcOauthClient;
use std::error::Error;
use std::sync::Arc;
use url::Url;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let root = Url::parse(&std::env::var("ETERNALTWIN_URL")?)?;
    let oauth = HttpRfcOauthClient::new(HttpRfcOauthClientOptions {
        authorization_endpoint: root.join("oauth/authorize")?,
        token_endpoint: root.join("oauth/token")?,
        callback_endpoint: Url::parse(&std::env::var("ETERNALTWIN_REDIRECT_URI")?)?,
        client_id: std::env::var("ETERNALTWIN_CLIENT_ID")?,
        client_secret: std::env::var("ETERNALTWIN_CLIENT_SECRET")?,
    });
    println!("{}", oauth.authorization_uri("base", "a state of Rust"));

    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    let token = oauth.get_access_token(code.trim()).await?;

    let client = HttpEternaltwinClient::new(Arc::new(SystemClock), root);
    let me = client.get_self(&EtwinAuth::Token(token.access_token.to_string())).await?;
    println!("{}", serde_json::to_string(&me)?);
    Ok(())
}
