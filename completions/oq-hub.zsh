#compdef oq-hub
# Made by: oq-hub --help=zsh

_arguments -s -S \
	'--people=[init\: how many people to make]:N: ' \
	'--seed=[init\: the same seed makes the same people]:N: ' \
	'--name=[init\: the hub'\''s name, which stands in its certificate beside localhost]:NAME: ' \
	'--facility=[init, people\: institution code of the facility that asks]:CODE: ' \
	'--role=[facility add\: what the certificate is for]:ROLE:(facility insurer agency kiosk admin)' \
	'--may-attest[facility add\: it may sign that an operator looked at a card]' \
	'--municipality=[facility add\: where it is, for disasters that are opened by municipality]:NAME: ' \
	'--listen=[serve\: where to listen; port 0 is any free one]:ADDRESS:PORT: ' \
	'--admin=[serve\: ADDRESS\:PORT or path of a socket for /healthz and /metrics]:WHERE: ' \
	'--faults=[serve\: a schedule of faults to make, for testing clients]:FILE:_files' \
	'--grace=[the table of a card'\''s time of grace, instead of the installed one]:FILE:_files' \
	'--out=[card add\: where the card'\''s key, certificate and PIN go; made if need be]:DIR: ' \
	'--until=[card add\: last day of its certificate, instead of five years from now]:DATE: ' \
	'--threads=[serve\: threads that answer; 0 is one fewer than the cores]:N: ' \
	'--limit=[people\: how many records to write]:N: ' \
	'--event=[disaster open\: what has happened]:TEXT: ' \
	'--kinds=[disaster open\: for which facilities\: medical dental pharmacy nursing; default all]:WORDS: ' \
	'--from=[disaster open\: the first day]:DATE: ' \
	'--to=[disaster open\: the last day]:DATE: ' \
	'--verify[audit\: check the chain instead of printing it]' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'1:verb:((init\:"make a hub\: authority, certificates, store, people" serve\:"answer questions over HTTPS until SIGTERM or SIGINT" facility\:"certificates of facilities and others" card\:"cards of people, for rehearsals" consent\:"write the consents that facilities have sent" disaster\:"areas and days in which medical information is given without a card" people\:"write a record to ask by for each cover of the synthetic people" audit\:"write the audit'\''s entries, or check their chain"))' \
	'*:file:_files'
