//! Writes each message to a file of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tokio::io::AsyncWriteExt;

use super::{SendError, TransportError};
use crate::mail::message::Message;

/// A folder of `.eml` files.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Creates the folder, accessible to its owner only. An existing one keeps its mode.
    pub fn create(path: &Path) -> Result<Self, TransportError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|source| TransportError::Folder { path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a message. The name begins with the time, so that a listing is in order. Another attempt to write the
    /// same message replaces the file. A reader never finds half a message.
    pub async fn write(&self, message: &Message) -> Result<String, SendError> {
        let name = format!("{}-{}", message.date.to_rfc3339().replace(':', ""), message.id);
        let (file, unfinished) = (self.0.join(format!("{name}.eml")), self.0.join(format!(".{name}.part")));
        let write = async {
            let mut options = tokio::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            options.mode(0o600);
            let mut open = options.open(&unfinished).await?;
            open.write_all(&message.source()).await?;
            open.sync_all().await?;
            tokio::fs::rename(&unfinished, &file).await
        };
        match write.await {
            Ok(()) => Ok(format!("written to {}", file.display())),
            Err(error) => Err(SendError { reason: format!("{}: {error}", self.0.display()), is_permanent: false }),
        }
    }
}
