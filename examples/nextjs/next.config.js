export default {
  poweredByHeader: false,
  // `next dev` serves its own scripts to these hosts only.
  allowedDevOrigins: ["*.acme.localhost"],
};
