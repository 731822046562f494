//! `latchkey mail test ADDRESS`

use clap::Subcommand;

use super::{Outcome, output};
use crate::{
    app,
    clock::Clock,
    config::Config,
    crypto::random::random_bytes,
    domain::{Email, MailId},
    mail::{
        self,
        transport::{MailTarget, Transport},
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Mail {
    /// Send one message with the mail settings, and print the reply of the mail server
    Test {
        /// The e-mail address of the recipient
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}

const NOT_CONFIGURED: &str = "no mail server is configured; set LATCHKEY_MAIL and LATCHKEY_MAIL_FROM, as in \
                              LATCHKEY_MAIL=smtps://USER:PASSWORD@mail.example.com";

pub(super) async fn run(Mail::Test { address }: Mail, config: &Config) -> Outcome {
    let target = match &config.mail.target {
        None | Some(MailTarget::Mailbox) => return Err(NOT_CONFIGURED.into()),
        Some(target) => target,
    };
    let to = Email::parse(&address).map_err(|invalid| format!("the recipient: {invalid}"))?;
    let transport = Transport::new(target, config.server.base_url.host())?;
    let now = Clock::system().now();
    let message = mail::test_message(&app::letterhead(config), MailId::new(now, random_bytes()?), &to, now)?;
    match transport.send(&message).await {
        Ok(reply) => Ok(output::print(format_args!("sent from {}; the reply: {reply}\n", message.from))?),
        Err(error) => Err(format!("the message was not sent: {error}; see LATCHKEY_MAIL").into()),
    }
}
