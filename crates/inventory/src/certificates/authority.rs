//! The authority of a contest.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, date_time_ymd,
};
use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::{CertificateError, files::Folder};

/// What its files are called.
const NAME: &str = "ca";
/// It is trusted for so long: longer than anybody goes on with one contest.
const LIFE: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The authority, ready to sign.
pub(super) struct Authority {
    /// Judges certificates as those do who trust this authority alone.
    verifier: Arc<WebPkiServerVerifier>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// The one in the folder, and whether it was made just now.
    pub(super) fn open_or_make(
        folder: &Folder,
        now: Timestamp,
    ) -> Result<(Authority, bool), CertificateError> {
        let files = [
            folder.read(&format!("{NAME}.pem"))?,
            folder.read(&format!("{NAME}.key"))?,
        ];
        let is_new = files == [None, None];
        let (certificate, key) = match files {
            [Some(certificate), Some(key)] => (certificate, key),
            [None, None] => make(folder, now)?,
            [None, Some(_)] => return Err(broken(folder, "its certificate is missing")),
            [Some(_), None] => return Err(broken(folder, "its key is missing")),
        };
        let authority = Authority::read(&certificate, &key);
        let authority = authority.map_err(|why| broken(folder, &why))?;
        Ok((authority, is_new))
    }

    fn read(certificate: &str, key: &str) -> Result<Authority, String> {
        let in_words = |error: &dyn std::error::Error| error.to_string();
        let key = KeyPair::from_pem(key).map_err(|error| in_words(&error))?;
        let der = CertificateDer::from_pem_slice(certificate.as_bytes());
        let mut roots = RootCertStore::empty();
        let added = roots.add(der.map_err(|error| in_words(&error))?);
        added.map_err(|error| in_words(&error))?;
        // The store leaves the outermost header of the public key away.
        let public = key.subject_public_key_info();
        if !public.ends_with(&roots.roots[0].subject_public_key_info) {
            return Err("ca.key is not the key of ca.pem".to_owned());
        }
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build();
        Ok(Authority {
            verifier: verifier.map_err(|error| in_words(&error))?,
            issuer: Issuer::new(params(), key),
        })
    }

    /// Whether the host has a certificate by this authority that is good for all these names, now
    /// and then, and the key that belongs to it.
    pub(super) fn has_certified(
        &self,
        folder: &Folder,
        host: &str,
        names: &[String],
        moments: [Timestamp; 2],
    ) -> bool {
        let read = |kind: &str| folder.read(&format!("{host}.{kind}")).ok().flatten();
        let has_key = |certificate: &CertificateDer| {
            let certificate = ParsedCertificate::try_from(certificate).ok()?;
            let key = KeyPair::from_pem(&read("key")?).ok()?;
            let public = certificate.subject_public_key_info();
            Some(*public == *key.subject_public_key_info())
        };
        let is_good = |certificate: &CertificateDer, name: &String, at: Timestamp| {
            let at = Duration::from_secs(at.as_second().unsigned_abs());
            let at = UnixTime::since_unix_epoch(at);
            ServerName::try_from(name.as_str()).is_ok_and(|name| {
                let judged = (self.verifier).verify_server_cert(certificate, &[], &name, &[], at);
                judged.is_ok()
            })
        };
        let certificate = read("pem");
        let certificate =
            certificate.and_then(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).ok());
        certificate.is_some_and(|certificate| {
            let is_for = |name| moments.iter().all(|at| is_good(&certificate, name, *at));
            has_key(&certificate) == Some(true) && names.iter().all(is_for)
        })
    }

    /// Makes a key and a certificate for a host.
    pub(super) fn certify(
        &self,
        folder: &Folder,
        host: &str,
        names: &[String],
        (now, until): (Timestamp, Timestamp),
    ) -> Result<(), CertificateError> {
        let failed = |error: rcgen::Error| CertificateError::Host {
            host: host.to_owned(),
            why: error.to_string(),
        };
        let mut params = CertificateParams::new(names).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, host);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        hold(&mut params, now, until);
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        folder.keep(host, &key, &certificate.pem())
    }
}

/// What all authorities have in common, and certificates repeat of theirs.
fn params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let name = "The authority of a contest";
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn make(folder: &Folder, now: Timestamp) -> Result<(String, String), CertificateError> {
    let failed = |error: rcgen::Error| broken(folder, &error.to_string());
    let mut params = params();
    hold(&mut params, now, now + LIFE);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?.pem();
    folder.keep(NAME, &key, &certificate)?;
    Ok((certificate, key.serialize_pem()))
}

/// Clocks differ, so it holds from the day before, to the end of the last one.
fn hold(params: &mut CertificateParams, from: Timestamp, until: Timestamp) {
    let midnight = |at: Timestamp| {
        let date = at.to_zoned(TimeZone::UTC).date();
        let [month, day] = [date.month(), date.day()].map(|number| number.unsigned_abs());
        date_time_ymd(date.year().into(), month, day)
    };
    params.not_before = midnight(from - DAY);
    params.not_after = midnight(until + DAY);
}

fn broken(folder: &Folder, why: &str) -> CertificateError {
    CertificateError::Authority {
        folder: folder.path().display().to_string(),
        why: why.to_owned(),
    }
}
