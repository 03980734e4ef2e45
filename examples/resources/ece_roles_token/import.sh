# By the id, as `npx cdktf-ece tokens list` shows it: the token itself is not known then.
terraform import ece_roles_token.allocators TOKEN_ID

# Complete, from a file that holds the token: Terraform prints import ids.
terraform import ece_roles_token.allocators file:roles-token.txt
