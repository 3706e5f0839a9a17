//! The authority of a contest.

use std::{collections::BTreeSet, net::Ipv4Addr};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, date_time_ymd,
};
use x509_parser::{
    extensions::GeneralName,
    pem::{Pem, parse_x509_pem},
    prelude::X509Certificate,
};

use super::{CertificateError, files::Folder};

/// What its files are called.
const NAME: &str = "ca";
/// It is trusted for so long: longer than anybody goes on with one contest.
const LIFE: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The authority, ready to sign.
pub(super) struct Authority {
    certificate: Pem,
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
        let authority = Authority::read(&certificate, &key, now);
        let authority = authority.map_err(|why| broken(folder, &why))?;
        Ok((authority, is_new))
    }

    fn read(certificate: &str, key: &str, now: Timestamp) -> Result<Authority, String> {
        let key = KeyPair::from_pem(key).map_err(|error| error.to_string())?;
        let pem = read_pem(certificate).ok_or("ca.pem holds no certificate")?;
        let parsed = pem.parse_x509().map_err(|error| error.to_string())?;
        if parsed.public_key().raw != key.subject_public_key_info() {
            return Err("ca.key is not the key of ca.pem".to_owned());
        }
        if ends_at(&parsed) < now {
            return Err("ca.pem has expired".to_owned());
        }
        let issuer = Issuer::from_ca_cert_pem(certificate, key);
        Ok(Authority {
            issuer: issuer.map_err(|error| error.to_string())?,
            certificate: pem,
        })
    }

    /// Whether the host has a certificate by this authority that is for these names, and good at
    /// least until then.
    pub(super) fn has_certified(
        &self,
        folder: &Folder,
        host: &str,
        names: &[String],
        until: Timestamp,
    ) -> bool {
        let read = |kind: &str| folder.read(&format!("{host}.{kind}")).ok().flatten();
        let fits = || {
            let (certificate, key) = (read_pem(&read("pem")?)?, read("key")?);
            let certificate = certificate.parse_x509().ok()?;
            let key = KeyPair::from_pem(&key).ok()?;
            let authority = self.certificate.parse_x509().ok()?;
            (certificate.verify_signature(Some(authority.public_key()))).ok()?;
            let is_for = names_of(&certificate) == names.iter().cloned().collect();
            let is_its_key = certificate.public_key().raw == key.subject_public_key_info();
            Some(is_for && is_its_key && ends_at(&certificate) >= until)
        };
        fits().unwrap_or(false)
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

fn make(folder: &Folder, now: Timestamp) -> Result<(String, String), CertificateError> {
    let failed = |error: rcgen::Error| broken(folder, &error.to_string());
    let mut params = CertificateParams::default();
    let name = "The authority of a contest";
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
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

fn read_pem(text: &str) -> Option<Pem> {
    parse_x509_pem(text.as_bytes()).ok().map(|(_, pem)| pem)
}

fn ends_at(certificate: &X509Certificate) -> Timestamp {
    let seconds = certificate.validity().not_after.timestamp();
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN)
}

/// The names and addresses that a certificate is for.
fn names_of(certificate: &X509Certificate) -> BTreeSet<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.as_slice());
    let name = |name: &GeneralName| match name {
        GeneralName::DNSName(name) => (*name).to_owned(),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(octets) => Ipv4Addr::from(octets).to_string(),
            Err(_) => format!("{bytes:?}"),
        },
        other => other.to_string(),
    };
    names.unwrap_or_default().iter().map(name).collect()
}

fn broken(folder: &Folder, why: &str) -> CertificateError {
    CertificateError::Authority {
        folder: folder.path().display().to_string(),
        why: why.to_owned(),
    }
}
