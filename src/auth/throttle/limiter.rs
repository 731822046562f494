//! Budgets of networks, in memory.

use std::{collections::hash_map::RandomState, hash::BuildHasher, num::NonZeroU32, time::Duration};

use governor::{Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, state::keyed::DashMapStateStore};

use super::{Network, Throttled, network::Level, steady_clock::SteadyClock};
use crate::clock::Clock;

/// The most networks counted individually per purpose and level: some megabytes. More networks than this share the
/// overflow buckets.
const MAX_NETWORKS: usize = 50_000;

/// The overflow buckets per purpose and level.
const OVERFLOW_BUCKETS: u64 = 8_192;

/// The purpose of a request. Each has its own budget, large enough for a class room or an office behind
/// one address. Networks of a wider [`Level`] have larger budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sign-in: 60 at once, then one every 2 s.
    SignIn,
    /// Sign-up: the configured [`SignUpBudget`].
    SignUp,
    /// Confirming a password: 20 at once, then one every 30 s.
    PasswordCheck,
    /// Asking for a message: 20 at once, then one every 30 s.
    Mail,
    /// Asking for a challenge for a passkey, as the page of a sign-in does: 120 at once, then one every second.
    Ceremony,
    /// Storing an event that a client can cause without limit: 30 at once, then one every minute.
    Incident,
}

/// How many sign-ups of one network are admitted at once. A used up budget is full again after 20 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignUpBudget(NonZeroU32);

impl SignUpBudget {
    /// The largest budget.
    pub const MAX: u32 = 10_000;

    /// How long an empty budget takes to refill.
    const REFILL: Duration = Duration::from_mins(20);

    /// A budget of 1 to [`MAX`](Self::MAX) sign-ups.
    pub fn new(sign_ups: u32) -> Option<Self> {
        NonZeroU32::new(sign_ups).filter(|sign_ups| sign_ups.get() <= Self::MAX).map(Self)
    }

    /// The number of sign-ups.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl Purpose {
    /// The requests at once of the narrowest level, and the time after which one more is admitted.
    fn budget(self, sign_ups: SignUpBudget) -> (NonZeroU32, Duration) {
        match self {
            Self::SignIn => (nonzero(60), Duration::from_secs(2)),
            Self::SignUp => (sign_ups.0, SignUpBudget::REFILL / sign_ups.get()),
            Self::PasswordCheck | Self::Mail => (nonzero(20), Duration::from_secs(30)),
            Self::Ceremony => (nonzero(120), Duration::from_secs(1)),
            Self::Incident => (nonzero(30), Duration::from_mins(1)),
        }
    }

    fn quota(self, level: Level, sign_ups: SignUpBudget) -> Quota {
        let (burst, period) = self.budget(sign_ups);
        let factor = nonzero(level.budget_factor());
        let quota = Quota::with_period(period / factor.get());
        quota.unwrap_or_else(|| Quota::per_minute(NonZeroU32::MIN)).allow_burst(burst.saturating_mul(factor))
    }
}

const fn nonzero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// Limits the requests of each network. A restart resets the budgets; the budgets per account are in the
/// database.
pub struct NetworkLimiter(Option<Budgets>);

struct Budgets {
    sign_in: Budget,
    sign_up: Budget,
    password_check: Budget,
    mail: Budget,
    ceremony: Budget,
    incident: Budget,
}

impl NetworkLimiter {
    /// A limiter on `clock`.
    pub fn new(clock: &Clock, sign_ups: SignUpBudget) -> Self {
        Self::with_capacity(MAX_NETWORKS, clock, sign_ups)
    }

    /// A limiter that admits everything, for load tests.
    pub const fn off() -> Self {
        Self(None)
    }

    fn with_capacity(networks: usize, clock: &Clock, sign_ups: SignUpBudget) -> Self {
        let clock = SteadyClock::following(clock.clone());
        let budget = |purpose: Purpose| {
            Budget(Level::ALL.map(|level| LevelBudget::new(purpose.quota(level, sign_ups), networks, &clock)))
        };
        Self(Some(Budgets {
            sign_in: budget(Purpose::SignIn),
            sign_up: budget(Purpose::SignUp),
            password_check: budget(Purpose::PasswordCheck),
            mail: budget(Purpose::Mail),
            ceremony: budget(Purpose::Ceremony),
            incident: budget(Purpose::Incident),
        }))
    }

    /// Counts a request at each level of its network, or refuses it. The narrowest level comes first: a request that is
    /// refused there is not counted at the wider levels, so that one customer does not use up the budget of others.
    pub fn check(&self, purpose: Purpose, network: Network) -> Result<(), Throttled> {
        let Some(budgets) = &self.0 else { return Ok(()) };
        let budget = match purpose {
            Purpose::SignIn => &budgets.sign_in,
            Purpose::SignUp => &budgets.sign_up,
            Purpose::PasswordCheck => &budgets.password_check,
            Purpose::Mail => &budgets.mail,
            Purpose::Ceremony => &budgets.ceremony,
            Purpose::Incident => &budgets.incident,
        };
        budget.check(network)
    }

    /// Drops the networks whose budgets are full again. Called every minute.
    pub fn drop_idle(&self) {
        let Some(budgets) = &self.0 else { return };
        let Budgets { sign_in, sign_up, password_check, mail, ceremony, incident } = budgets;
        for budget in [sign_in, sign_up, password_check, mail, ceremony, incident] {
            budget.drop_idle();
        }
    }
}

type Limiter<K> =
    RateLimiter<K, DashMapStateStore<K>, SteadyClock, NoOpMiddleware<<SteadyClock as governor::clock::Clock>::Instant>>;

/// The budgets of all networks for one purpose, by level.
struct Budget([LevelBudget; Level::ALL.len()]);

impl Budget {
    fn check(&self, network: Network) -> Result<(), Throttled> {
        for (level, network) in network.levels() {
            self.0[level as usize].check(network)?;
        }
        Ok(())
    }

    fn drop_idle(&self) {
        for level in &self.0 {
            level.drop_idle();
        }
    }
}

/// The budgets of the networks of one size.
struct LevelBudget {
    networks: Limiter<Network>,
    capacity: usize,
    /// When full, further networks share buckets keyed by the next wider network: memory stays bounded, and an attacker
    /// with many networks shares a bucket with few others.
    overflow: Limiter<u64>,
    bucket: RandomState,
}

impl LevelBudget {
    fn new(quota: Quota, capacity: usize, clock: &SteadyClock) -> Self {
        Self {
            networks: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            capacity,
            overflow: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            bucket: RandomState::new(),
        }
    }

    fn check(&self, network: Network) -> Result<(), Throttled> {
        let checked = if self.networks.len() < self.capacity {
            self.networks.check_key(&network)
        } else {
            self.overflow.check_key(&(self.bucket.hash_one(network.around()) % OVERFLOW_BUCKETS))
        };
        checked.map_err(|until| Throttled { retry_after: until.wait_time_from(self.networks.clock().now()) })
    }

    fn drop_idle(&self) {
        self.networks.retain_recent();
        self.networks.shrink_to_fit();
        self.overflow.retain_recent();
        self.overflow.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

    use super::*;
    use crate::{clock::ManualClock, domain::Timestamp};

    fn clock() -> ManualClock {
        ManualClock::starting_at(Timestamp::from_millis(1_700_000_000_000))
    }

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    fn sign_ups(number: u32) -> SignUpBudget {
        SignUpBudget::new(number).unwrap()
    }

    fn admitted(limiter: &NetworkLimiter, purpose: Purpose, network: Network) -> usize {
        (0..1_000).take_while(|_| limiter.check(purpose, network).is_ok()).count()
    }

    #[test]
    fn budget_of_each_purpose_refills_at_its_pace() {
        for (purpose, burst, pace) in [
            (Purpose::SignIn, 60, 2),
            (Purpose::SignUp, 40, 30),
            (Purpose::PasswordCheck, 20, 30),
            (Purpose::Mail, 20, 30),
            (Purpose::Incident, 30, 60),
        ] {
            let clock = clock();
            let limiter = NetworkLimiter::new(&clock.clock(), sign_ups(40));
            let home = network("192.0.2.1");
            assert_eq!(admitted(&limiter, purpose, home), burst, "{purpose:?}");
            let refused = limiter.check(purpose, home).unwrap_err();
            assert_eq!(refused.retry_after_seconds(), pace, "{purpose:?}");
            clock.advance(Duration::from_secs(pace * 3));
            assert_eq!(admitted(&limiter, purpose, home), 3, "{purpose:?}");
            clock.advance(Duration::from_hours(24));
            assert_eq!(admitted(&limiter, purpose, home), burst, "{purpose:?}");
        }
    }

    #[test]
    fn sign_up_budget_is_full_after_20_minutes() {
        for number in [1, 55, 500] {
            let clock = clock();
            let limiter = NetworkLimiter::new(&clock.clock(), sign_ups(number));
            let school = network("192.0.2.1");
            let expected = usize::try_from(number).unwrap();
            assert_eq!(admitted(&limiter, Purpose::SignUp, school), expected);
            clock.advance(Duration::from_mins(20));
            assert_eq!(admitted(&limiter, Purpose::SignUp, school), expected);
        }
        assert_eq!((SignUpBudget::new(0), SignUpBudget::new(SignUpBudget::MAX + 1)), (None, None));
    }

    #[test]
    fn budgets_are_separate_per_network_and_purpose() {
        let limiter = NetworkLimiter::new(&clock().clock(), sign_ups(40));
        admitted(&limiter, Purpose::SignIn, network("192.0.2.1"));
        assert!(limiter.check(Purpose::SignIn, network("192.0.2.1")).is_err());
        assert!(limiter.check(Purpose::SignUp, network("192.0.2.1")).is_ok());
        assert!(limiter.check(Purpose::SignIn, network("192.0.2.2")).is_ok());
    }

    #[test]
    fn addresses_of_one_64_share_a_budget() {
        let limiter = NetworkLimiter::new(&clock().clock(), sign_ups(40));
        admitted(&limiter, Purpose::SignIn, network("2001:db8:0:1::1"));
        assert!(limiter.check(Purpose::SignIn, network("2001:db8:0:1:a:b:c:d")).is_err());
        admitted(&limiter, Purpose::SignIn, network("192.0.2.1"));
        assert!(limiter.check(Purpose::SignIn, network("::ffff:192.0.2.1")).is_err());
    }

    #[test]
    fn every_purpose_is_counted_at_each_level() {
        for (purpose, burst) in
            [(Purpose::SignIn, 60), (Purpose::SignUp, 40), (Purpose::PasswordCheck, 20), (Purpose::Incident, 30)]
        {
            let at = |group: usize, host: usize| match group {
                0 => format!("192.0.2.{host}"),
                1 => format!("2001:db8:1:{host:x}::1"),
                2 => format!("2001:db8:2:{:x}::1", host << 8),
                _ => format!("2001:db9:{host:x}::1"),
            };
            // The level that refuses when each narrower network has room for more.
            for (group, factor) in [(0, 8), (1, 2), (2, 4), (3, 32)] {
                let limiter = NetworkLimiter::new(&clock().clock(), sign_ups(40));
                let all = |host| admitted(&limiter, purpose, network(&at(group, host)));
                assert_eq!((0..100).map(all).sum::<usize>(), burst * factor, "{purpose:?} {group}");
            }
        }
    }

    #[test]
    fn narrow_refusal_uses_no_wide_budget() {
        let limiter = NetworkLimiter::new(&clock().clock(), sign_ups(40));
        for _ in 0..10 {
            admitted(&limiter, Purpose::SignIn, network("192.0.2.1"));
        }
        let others: usize =
            (2..100).map(|host| admitted(&limiter, Purpose::SignIn, network(&format!("192.0.2.{host}")))).sum();
        assert_eq!(others, 7 * 60);
    }

    #[test]
    fn clock_set_back_refills_at_the_same_pace() {
        let clock = clock();
        let limiter = NetworkLimiter::new(&clock.clock(), sign_ups(40));
        let home = network("192.0.2.1");
        admitted(&limiter, Purpose::SignIn, home);
        clock.set_back(Duration::from_hours(24));
        assert_eq!(limiter.check(Purpose::SignIn, home).unwrap_err().retry_after_seconds(), 2);
        clock.advance(Duration::from_secs(2));
        assert!(limiter.check(Purpose::SignIn, home).is_ok());
    }

    #[test]
    fn networks_beyond_capacity_share_the_overflow() {
        let clock = clock();
        let limiter = NetworkLimiter::with_capacity(100, &clock.clock(), sign_ups(40));
        let host = |number: u32| Network::of(Ipv4Addr::from_bits(0x0a00_0000 + number).into());
        let admitted = (0..250).filter(|number| limiter.check(Purpose::SignIn, host(*number)).is_ok()).count();
        // A hundred addresses, and then one bucket for the /24 around them.
        assert_eq!(admitted, 100 + 60);
        let sizes = || {
            let addresses = limiter.0.as_ref().map(|budgets| &budgets.sign_in.0[Level::Ipv4Address as usize]);
            addresses.map(|level| (level.networks.len(), level.overflow.len()))
        };
        assert_eq!(sizes(), Some((100, 1)));
        limiter.drop_idle();
        assert_eq!(sizes(), Some((100, 1)), "still counted");
        clock.advance(Duration::from_mins(5));
        limiter.drop_idle();
        assert_eq!(sizes(), Some((0, 0)));
    }

    #[test]
    fn limiter_off_admits_everything() {
        assert_eq!(admitted(&NetworkLimiter::off(), Purpose::SignUp, network("192.0.2.1")), 1_000);
    }
}
