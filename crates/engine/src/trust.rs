//! Whose certificates are believed.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The authorities that are trusted, and a bounded memory of TLS sessions to be
/// resumed: made once, and shared by all browsers.
#[derive(Clone, Debug)]
pub struct Trust {
    config: Arc<ClientConfig>,
}

/// A file whose authorities cannot be trusted; the message says why and what is
/// expected.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot take authorities from {file}: {why}; \
     give a PEM file with the certificate of the authority that signs the site's"
)]
pub struct TrustError {
    file: PathBuf,
    why: String,
}

impl Trust {
    /// Trusts the public authorities, as the Mozilla root program lists them.
    pub fn public() -> Self {
        Trust::in_roots(public_roots())
    }

    /// Trusts the public authorities and those in a PEM file, such as a
    /// contest's own.
    ///
    /// # Errors
    /// The file cannot be read, holds no certificate, or one that is broken.
    pub fn with_authorities(file: &Path) -> Result<Self, TrustError> {
        let error = |why| TrustError {
            file: file.to_owned(),
            why,
        };
        let pem = std::fs::read(file).map_err(|why: io::Error| error(why.to_string()))?;
        let mut roots = public_roots();
        let public = roots.len();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|why| error(why.to_string()))?;
            let added = roots.add(certificate);
            added.map_err(|why| error(why.to_string()))?;
        }
        match roots.len() > public {
            true => Ok(Trust::in_roots(roots)),
            false => Err(error("it holds no certificate".to_owned())),
        }
    }

    fn in_roots(roots: RootCertStore) -> Self {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Trust {
            config: Arc::new(config),
        }
    }

    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        self.config.clone()
    }
}

fn public_roots() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}
