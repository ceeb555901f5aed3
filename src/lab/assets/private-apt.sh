# Sourced: an apt that knows nothing of this machine but its mirror, so that another suite can be read.
#   private_apt FOLDER SUITE MIRROR    sets the array `apt`, a command
private_apt() {
  local folder=$1 suite=$2 mirror=$3
  mkdir -p "$folder"/{lists/partial,cache/archives/partial,etc}
  : >"$folder/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$folder/etc/sources.list"
  # shellcheck disable=SC2034
  apt=(apt-get -qq -o Dir::State="$folder" -o Dir::State::status="$folder/status" -o Dir::State::lists="$folder/lists"
    -o Dir::Cache="$folder/cache" -o Dir::Etc::sourcelist="$folder/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::Etc::preferencesparts=/dev/null -o APT::Architecture=amd64 -o APT::Architectures=amd64
    -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Debug::NoLocking=true)
  "${apt[@]}" update
}
