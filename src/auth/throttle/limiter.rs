//! What one network may do in a while, counted in memory.

use std::{collections::hash_map::RandomState, hash::BuildHasher, num::NonZeroU32};

use governor::{Quota, RateLimiter, clock::Clock as _, middleware::NoOpMiddleware, state::keyed::DashMapStateStore};

use super::{Network, Throttled, steady_clock::SteadyClock};
use crate::clock::Clock;

/// The most networks that are counted one by one for each purpose, some 5 MB; above it, they are
/// counted by their provider's network (IPv4 /16, IPv6 /32).
const MAX_NETWORKS: usize = 50_000;

/// What a request is for. Each purpose has a budget of its own, large enough for a class room or an
/// office behind one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sign in: 60 at once, then one each 2 s.
    SignIn,
    /// Create an account: 40 at once, then one each 30 s.
    SignUp,
    /// Change a password, which asks for the current one: 20 at once, then one each 30 s.
    PasswordChange,
    /// Have an incident stored that anybody can cause at will: 30 at once, then one each minute.
    Incident,
}

impl Purpose {
    const fn quota(self) -> Quota {
        match self {
            Self::SignIn => Quota::per_minute(nonzero(30)).allow_burst(nonzero(60)),
            Self::SignUp => Quota::per_minute(nonzero(2)).allow_burst(nonzero(40)),
            Self::PasswordChange => Quota::per_minute(nonzero(2)).allow_burst(nonzero(20)),
            Self::Incident => Quota::per_minute(nonzero(1)).allow_burst(nonzero(30)),
        }
    }
}

const fn nonzero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// Limits what each network may do.
///
/// A restart forgets what it counted: what must survive one is counted per account, in the database.
pub struct NetworkLimiter(Option<Budgets>);

struct Budgets {
    sign_in: Budget,
    sign_up: Budget,
    password_change: Budget,
    incident: Budget,
}

impl NetworkLimiter {
    /// A limiter that goes by `clock`.
    pub fn new(clock: &Clock) -> Self {
        Self::with_room_for(MAX_NETWORKS, clock)
    }

    /// A limiter that admits everything, for load tests.
    pub const fn off() -> Self {
        Self(None)
    }

    fn with_room_for(networks: usize, clock: &Clock) -> Self {
        let clock = SteadyClock::following(clock.clone());
        let budget = |purpose: Purpose| Budget::new(purpose.quota(), networks, &clock);
        Self(Some(Budgets {
            sign_in: budget(Purpose::SignIn),
            sign_up: budget(Purpose::SignUp),
            password_change: budget(Purpose::PasswordChange),
            incident: budget(Purpose::Incident),
        }))
    }

    /// Counts a request and admits it, or says how long to wait. A refused request costs nothing.
    pub fn check(&self, purpose: Purpose, network: Network) -> Result<(), Throttled> {
        let Some(budgets) = &self.0 else { return Ok(()) };
        let budget = match purpose {
            Purpose::SignIn => &budgets.sign_in,
            Purpose::SignUp => &budgets.sign_up,
            Purpose::PasswordChange => &budgets.password_change,
            Purpose::Incident => &budgets.incident,
        };
        budget.check(network)
    }

    /// Drops the networks whose budgets are full again. To be called every minute or so.
    pub fn forget_idle(&self) {
        let Some(budgets) = &self.0 else { return };
        for budget in [&budgets.sign_in, &budgets.sign_up, &budgets.password_change, &budgets.incident] {
            budget.forget_idle();
        }
    }
}

type Limiter<K> =
    RateLimiter<K, DashMapStateStore<K>, SteadyClock, NoOpMiddleware<<SteadyClock as governor::clock::Clock>::Instant>>;

/// The budgets of all networks for one purpose.
struct Budget {
    networks: Limiter<Network>,
    room: usize,
    /// Who comes when there is no room left, counted by its surroundings, in one of 65,536 places:
    /// memory is bounded whatever an attacker with many networks does, and few others feel it.
    crowd: Limiter<u16>,
    place: RandomState,
}

impl Budget {
    fn new(quota: Quota, room: usize, clock: &SteadyClock) -> Self {
        Self {
            networks: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            room,
            crowd: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            place: RandomState::new(),
        }
    }

    fn check(&self, network: Network) -> Result<(), Throttled> {
        let checked = if self.networks.len() < self.room {
            self.networks.check_key(&network)
        } else {
            let [.., high, low] = self.place.hash_one(network.surroundings()).to_be_bytes();
            self.crowd.check_key(&u16::from_be_bytes([high, low]))
        };
        checked.map_err(|until| Throttled { retry_after: until.wait_time_from(self.networks.clock().now()) })
    }

    fn forget_idle(&self) {
        self.networks.retain_recent();
        self.networks.shrink_to_fit();
        self.crowd.retain_recent();
        self.crowd.shrink_to_fit();
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

    fn admitted(limiter: &NetworkLimiter, purpose: Purpose, network: Network) -> usize {
        (0..1_000).take_while(|_| limiter.check(purpose, network).is_ok()).count()
    }

    #[test]
    fn each_purpose_has_its_budget_and_refills_at_its_pace() {
        for (purpose, burst, pace) in [
            (Purpose::SignIn, 60, 2),
            (Purpose::SignUp, 40, 30),
            (Purpose::PasswordChange, 20, 30),
            (Purpose::Incident, 30, 60),
        ] {
            let clock = clock();
            let limiter = NetworkLimiter::new(&clock.clock());
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
    fn another_network_and_another_purpose_are_not_affected() {
        let limiter = NetworkLimiter::new(&clock().clock());
        admitted(&limiter, Purpose::SignIn, network("192.0.2.1"));
        assert!(limiter.check(Purpose::SignIn, network("192.0.2.1")).is_err());
        assert!(limiter.check(Purpose::SignUp, network("192.0.2.1")).is_ok());
        assert!(limiter.check(Purpose::SignIn, network("192.0.2.2")).is_ok());
    }

    #[test]
    fn changing_the_address_inside_a_64_gains_nothing() {
        let limiter = NetworkLimiter::new(&clock().clock());
        admitted(&limiter, Purpose::SignIn, network("2001:db8:0:1::1"));
        assert!(limiter.check(Purpose::SignIn, network("2001:db8:0:1:a:b:c:d")).is_err());
        admitted(&limiter, Purpose::SignIn, network("192.0.2.1"));
        assert!(limiter.check(Purpose::SignIn, network("::ffff:192.0.2.1")).is_err());
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let clock = clock();
        let limiter = NetworkLimiter::new(&clock.clock());
        let home = network("192.0.2.1");
        admitted(&limiter, Purpose::SignIn, home);
        clock.set_back(Duration::from_hours(24));
        assert_eq!(limiter.check(Purpose::SignIn, home).unwrap_err().retry_after_seconds(), 2);
        clock.advance(Duration::from_secs(2));
        assert!(limiter.check(Purpose::SignIn, home).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_a_crowd_is_counted_together() {
        let clock = clock();
        let limiter = NetworkLimiter::with_room_for(100, &clock.clock());
        let host = |number: u32| Network::of(Ipv4Addr::from_bits(0x0a00_0000 + number).into());
        let admitted_of_a_thousand =
            (0..1_000).filter(|number| limiter.check(Purpose::SignIn, host(*number)).is_ok()).count();
        assert_eq!(admitted_of_a_thousand, 100 + 60);
        let held = || limiter.0.as_ref().map(|budgets| (budgets.sign_in.networks.len(), budgets.sign_in.crowd.len()));
        assert_eq!(held(), Some((100, 1)));
        limiter.forget_idle();
        assert_eq!(held(), Some((100, 1)), "still counted");
        clock.advance(Duration::from_mins(5));
        limiter.forget_idle();
        assert_eq!(held(), Some((0, 0)));
    }

    #[test]
    fn switched_off_it_admits_everything() {
        assert_eq!(admitted(&NetworkLimiter::off(), Purpose::SignUp, network("192.0.2.1")), 1_000);
    }
}
