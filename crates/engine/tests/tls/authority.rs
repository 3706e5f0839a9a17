//! A certificate authority of a test's own.

use std::sync::Arc;

use isutori_engine::trust::Trust;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::{
    ALL_VERSIONS, ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tempfile::NamedTempFile;

/// Signs certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate that a server presents.
#[derive(Clone, Copy, Debug)]
pub enum Certificate {
    /// For these hosts.
    For(&'static [&'static str]),
    /// Was right once.
    Expired,
    /// Will be right some day.
    NotYet,
    /// Signed by itself.
    SelfSigned,
    /// The authority's own.
    OfAuthority,
}

/// The host that certificates are for, unless a test is about that.
pub const HOST: &str = "suwaru.example";

impl Authority {
    /// A new one, whom nobody knows yet.
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Authority {
            issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate"),
        }
    }

    /// Its own certificate, as a contest hands it out.
    pub fn file(&self) -> NamedTempFile {
        let file = NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), self.issuer.pem()).expect("a file with content");
        file
    }

    /// What trusts it.
    pub fn trust(&self) -> Trust {
        Trust::with_authorities(self.file().path()).expect("an authority's certificate")
    }

    /// A server that presents this certificate and speaks HTTP/1.1.
    pub fn server(&self, certificate: Certificate) -> ServerConfig {
        self.server_of(certificate, ALL_VERSIONS)
    }

    /// The same, with these versions of TLS.
    pub fn server_of(
        &self,
        certificate: Certificate,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        let (chain, key) = self.issue(certificate);
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .expect("a certificate and its key");
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config
    }

    fn issue(&self, certificate: Certificate) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().expect("a key");
        let names = match certificate {
            Certificate::For(names) => names,
            _ => &[HOST],
        };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        match certificate {
            Certificate::Expired => params.not_after = date_time_ymd(2001, 1, 1),
            Certificate::NotYet => params.not_before = date_time_ymd(3000, 1, 1),
            _ => {}
        }
        let der = match certificate {
            Certificate::OfAuthority => {
                let key = self.issuer.key().serialize_der();
                return (self.issuer.der().clone(), key.try_into().expect("a key"));
            }
            Certificate::SelfSigned => params.self_signed(&key),
            _ => params.signed_by(&key, &self.issuer),
        };
        let key = key.serialize_der().try_into().expect("a key");
        (der.expect("a certificate").der().clone(), key)
    }
}
