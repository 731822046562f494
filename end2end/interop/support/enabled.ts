// Which tests run. A group is off until Latchkey has its routes.

export const enabled = {
  /** `POST /change-email` */
  changeEmail: false,
  /** `/sign-in/magic-link`, `/magic-link` and `/email-otp` */
  emailSignIn: false,
  /** `/two-factor`, and `twoFactorEnabled` of users */
  twoFactor: false,
};
