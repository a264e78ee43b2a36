output "dkim_records" {
  description = "The records that verify the domains among the identities, by the domains."
  value = {
    for domain, identity in aws_sesv2_email_identity.this : domain => [
      for token in flatten(identity.dkim_signing_attributes[*].tokens) :
      { name = "${token}._domainkey.${domain}", type = "CNAME", value = "${token}.dkim.amazonses.com" }
    ]
    if !strcontains(domain, "@")
  }
}
