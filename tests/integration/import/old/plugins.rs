//! The tables of the plugins `twoFactor` and `passkey`, and rows recorded from better-auth and @better-auth/passkey 1.7.6.

use super::{ADA, Old, YESTERDAY};

/// The key of [`SEALED_KEY`], as the set-up showed it.
pub const KEY: &str = "IRNEG6KOLBXGC2KUOB4GINCDKRGHS5SSMZSEULKXKFKVA5DQKVSA";

/// `twoFactor.secret`
pub const SEALED_KEY: &str = "d03a6b28caae25e8e0ea7d07f12d5961bca6dd6ee89ed356168f75a36e5aa2d5932d141aeeec8a92a45fa07ed010a352c66574ee6e013f615f6c8e5c6ac4dcfdc343dd51500d03c5";

/// The codes in [`SEALED_CODES`].
pub const CODES: [&str; 10] = [
    "5sghb-Eejf2",
    "J2dRx-W4ynQ",
    "6VcVS-zr5lX",
    "3v2Wm-4o1jG",
    "EJejv-6S9JO",
    "gjYjZ-NWGPZ",
    "NTMtT-PM65i",
    "dw8Af-vjHIf",
    "KNC1s-WHrgb",
    "oi2bq-PqC8S",
];

/// `twoFactor.backupCodes`
pub const SEALED_CODES: &str = "3f05ff4c639841b1226c4782ed76342ab790a26af197a77470db53ed0638d798ef95fb79e739acc0e582c543b5c814f5d296860765e2fca4a76977cbaa7811f818b89c3cfb16f5c2fa8383ee40f48dc87c975424ec1c3f2f83a8f9b8f9df64346ff5b83754f03db60ad10f92059d79d71ed8def1ec97e40382cf50afd4ab5f39bdb573c2f3d1027d6de503a3f1f22e9d0762dbb08b6bfc1e516a0b04770340998e60e582fe3e87ab67ecda6bbee8c40d2ebce69213";

/// Another set-up, with `storeBackupCodes: "plain"`.
pub const OTHER_KEY: &str = "GJAXG2ZXORIUCLKWGNWDKSSXNZYGI3ZVGF5FKN2CKQZHS2CHGQ2A";
pub const OTHER_SEALED_KEY: &str = "42750e2bd9b29971279f0e2fa04516542a5f1d77ce737038b25cfa8d5337255af17e0bcec395017821ee1030ef5f5d6a3bbb091a85ac2d9252a087b0f35688a7120d975342500d65";
pub const PLAIN_CODES: &str = r#"["92HCs-YvIWC","u5ZnN-uLRHG","yz8dv-VcfMV"]"#;
pub const PLAIN_CODE: &str = "yz8dv-VcfMV";

/// `passkey.publicKey` (ES256), `passkey.credentialID` and the private key (PKCS #8) of one registration.
pub const PUBLIC_KEY: &str =
    "pQECAyYgASFYIEh2AjYmP/iUFtJbW92lv0rcjPn7sGng8RIrXvXM4RjzIlggdQEwhG3ThBWAbGUUMbiKpAenk2B6pJoapwc2ToI8bQQ=";
pub const CREDENTIAL_ID: &str = "-0bGN82PW3p7B0CODz7PGXSVPUQEoEQn-DW8HMc_t9k";
pub const PRIVATE_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIOJox7xqrKBvRQtVKim9hvaTB+jef2IqjGnG06gjEj+hRANCAARIdgI2Jj/4lBbSW1vdpb9K3Iz5+7Bp4PESK171zOEY83UBMIRt04QVgGxlFDG4iqQHp5NgeqSaGqcHNk6CPG0E";

/// `passkey.publicKey` of `EdDSA`.
pub const EDDSA_KEY: &str = "pAEBAycgBiFYIMn3p8Y6zaX2NQAKJRv/KjidyfPNSpu+qGyP7I4U32YT";

const TABLES: &str = r#"
alter table "user" add column "twoFactorEnabled" BOOLEAN;
create table "twoFactor" ("id" text not null primary key, "secret" text not null, "backupCodes" text not null, "userId" text not null references "user" ("id") on delete cascade, "verified" BOOLEAN, "failedVerificationCount" integer, "lockedUntil" DATE);
create table "passkey" ("id" text not null primary key, "name" text, "publicKey" text not null, "userId" text not null, "credentialID" text not null, "counter" integer not null, "deviceType" text not null, "backedUp" BOOLEAN not null, "transports" text, "createdAt" DATE, "aaguid" text);
"#;

impl Old {
    /// Adds the tables of the plugins.
    pub async fn add_plugins(&self) {
        let (date, boolean) = if self.is_postgres() { ("timestamptz", "boolean") } else { ("date", "integer") };
        self.operate(&TABLES.replace("DATE", date).replace("BOOLEAN", boolean)).await;
    }

    fn is_postgres(&self) -> bool {
        self.from.starts_with("postgres")
    }

    /// Adds an authenticator app, and turns two-step sign-in on.
    pub async fn two_factor(&self, user: &str, key: &str, codes: &str) {
        self.operate(&format!(
            r#"INSERT INTO "twoFactor" ("id", "secret", "backupCodes", "userId", "verified", "failedVerificationCount")
               VALUES ('f-{user}', '{key}', '{codes}', '{user}', true, 0)"#
        ))
        .await;
        self.enable_two_factor(user, true).await;
    }

    pub async fn enable_two_factor(&self, user: &str, enabled: bool) {
        self.operate(&format!(r#"UPDATE "user" SET "twoFactorEnabled" = {enabled} WHERE "id" = '{user}'"#)).await;
    }

    pub async fn passkey(&self, id: &str, user: &str, credential_id: &str, public_key: &str) {
        self.operate(&format!(
            r#"INSERT INTO "passkey" ("id", "name", "publicKey", "userId", "credentialID", "counter", "deviceType", "backedUp", "transports", "createdAt", "aaguid")
               VALUES ('{id}', 'Ada’s phone', '{public_key}', '{user}', '{credential_id}', 0, 'multiDevice', true, 'internal,hybrid', '{YESTERDAY}', 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4')"#
        ))
        .await;
    }

    /// Adds the plugins, and Ada with an authenticator app.
    pub async fn ada_with_app(&self) {
        self.add_plugins().await;
        self.ada().await;
        self.two_factor(ADA, SEALED_KEY, SEALED_CODES).await;
    }
}
